"""What others vouch for, under OpenSSL: a certificate and a time stamp over the manifest."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from pipeline.errors import EvidenceError, PackageError, SettingsError
from pipeline.packages import verifier
from pipeline.packages.export import export_incident
from pipeline.packages.vouchers import CMS, STAMP, sign_cms, stamp
from pipeline.settings import PackageSettings
from tests.night.story import MORNING
from tests.packages.conftest import INCIDENT, Handed

_LEAF = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage={}\n"
_TSA = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha512
ess_cert_id_alg = sha256
"""


def openssl(*words: str | Path, cwd: Path, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    program = shutil.which("openssl") or "openssl"
    return subprocess.run([program, *map(str, words)], cwd=cwd, input=given, capture_output=True, check=False)


def _made(folder: Path, *words: str | Path) -> None:
    said = openssl(*words, cwd=folder)
    assert said.returncode == 0, said.stderr.decode()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root, and two certificates under it: ``sign`` for CMS and ``tsa`` for time stamps; all of it by openssl."""
    folder = tmp_path_factory.mktemp("authority")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _made(folder, "req", "-x509", *curve, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root", "-days", "90")
    for name, usage in (("sign", "emailProtection"), ("tsa", "critical,timeStamping")):
        (folder / f"{name}.ext").write_text(_LEAF.format(usage))
        _made(
            folder, "req", *curve, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/O=Oak Street/CN={name}"
        )
        ca = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "60")
        _made(folder, "x509", "-req", "-in", f"{name}.csr", *ca, "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        (folder / f"{name}.key").chmod(0o600)
    (folder / "tsa.cnf").write_text(_TSA.format(folder=folder))
    (folder / "serial").write_text("01\n")
    return folder


@pytest.fixture
def stamper(authority: Path) -> Iterator[str]:
    """A time stamping authority on loopback; it answers with what openssl says."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = authority / "query.tsq"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            said = openssl("ts", "-reply", "-queryfile", query, "-config", "tsa.cnf", cwd=authority)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said.stdout)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_package_with_both_is_verified_by_openssl_and_covered_by_the_signature(
    handed: Handed, authority: Path, stamper: str, tmp_path: Path
) -> None:
    services = handed.house.services
    named = PackageSettings(certificate=authority / "sign.pem", key=authority / "sign.key", stamp_url=stamper)
    services = replace(services, settings=services.settings.model_copy(update={"packages": named}))
    folder = export_incident(services, INCIDENT, tmp_path, "kim", moment=MORNING + timedelta(hours=8)).path

    assert all(holds for _, holds, _ in verifier.verify(folder))
    trust = ("-CAfile", authority / "root.pem")
    signed = ("cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", *trust, "-in", CMS)
    stamped = ("ts", "-verify", *trust, "-untrusted", authority / "tsa.pem", "-in", STAMP)
    cms = (*signed, "-content", "manifest-sha256.txt", "-out", "/dev/null")
    for words in (cms, (*stamped, "-data", "manifest-sha256.txt")):
        said = openssl(*words, cwd=folder)
        assert said.returncode == 0, said.stderr.decode()
    (tmp_path / "other").write_bytes(b"another manifest")
    assert openssl(*signed, "-content", tmp_path / "other", "-out", "/dev/null", cwd=folder).returncode != 0
    assert openssl(*stamped, "-data", tmp_path / "other", cwd=folder).returncode != 0
    (folder / CMS).write_bytes((folder / CMS).read_bytes()[::-1])
    assert "files" in [name for name, holds, _ in verifier.verify(folder) if not holds]


def test_a_key_that_does_not_fit_is_refused_in_words(authority: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is not the key of"):
        sign_cms(b"x", authority / "sign.pem", authority / "tsa.key")
    with pytest.raises(SettingsError, match="no certificate"):
        sign_cms(b"x", authority / "serial", authority / "sign.key")
    (tmp_path / "open.key").write_bytes((authority / "sign.key").read_bytes())
    (tmp_path / "open.key").chmod(0o644)
    with pytest.raises(EvidenceError, match="others may read"):
        sign_cms(b"x", authority / "sign.pem", tmp_path / "open.key")


def test_an_authority_that_is_away_or_asked_over_an_open_line_is_said(stamper: str) -> None:
    with pytest.raises(SettingsError, match="must be https"):
        stamp(b"x", "http://stamps.invented.example/")
    with pytest.raises(PackageError, match="does not answer"):
        stamp(b"x", "http://127.0.0.1:9/")
    assert stamp(b"x", stamper)
