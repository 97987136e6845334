"""The commands around packages, as an operator and a recipient type them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import ApprovalError, ApprovalMissingError
from pipeline.night.attach import attach_highlights
from tests.cli.runner import run
from tests.night.story import anns_grant
from tests.night.test_reports import a_whole_night
from tests.packages.conftest import INCIDENT


def test_an_operator_exports_lists_and_publishes_and_a_recipient_verifies(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = anns_grant(audio=True, expires_at=datetime(2126, 1, 1, tzinfo=UTC))
    with a_whole_night(tmp_path / "store", clips / "visit.mp4", grant=grant) as (house, _):
        attach_highlights(house.services)
        monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path / "store"))

        with pytest.raises(ApprovalMissingError, match="its approval is not asked for"):
            run("incident", "export", INCIDENT, "--zip", "--to", str(tmp_path), "--json")
        monkeypatch.setattr("getpass.getuser", lambda: "kim")
        asked = json.loads(run("incident", "ask", INCIDENT, "--json").stdout)
        with pytest.raises(ApprovalError, match="kim asked for it, and another person decides"):
            run("incident", "approve", INCIDENT)
        monkeypatch.setattr("getpass.getuser", lambda: "lee")
        given = json.loads(run("incident", "approve", INCIDENT, "--note", "seen", "--json").stdout)
        made = json.loads(run("incident", "export", INCIDENT, "--zip", "--to", str(tmp_path), "--json").stdout)
        listed = json.loads(run("incident", "packages", "--json").stdout)
        published = run("custody", "key", "--ssh").stdout.splitlines()[0]
        ours = json.loads(run("verify", made["path"], "--json").stdout)

        monkeypatch.setenv("DOORSTEP_STORE__DIRECTORY", str(tmp_path / "elsewhere"))
        strange = json.loads(run("verify", made["path"], "--json").stdout)
        named = json.loads(run("verify", made["path"], "--key", published, "--json").stdout)
        wrong = run("verify", made["path"], "--key", "SHA256:another", "--json")

    assert (asked["content"], given["is_given"], given["decided_by"]) == (given["content"], True, "lee")
    assert [made["disclosure"]] == listed
    assert made["fingerprint"] == published
    assert [(said["holds"], said["signer_known"]) for said in (ours, strange, named)] == [
        (True, True),
        (True, False),
        (True, True),
    ]
    assert wrong.exit_code == 1
    assert not (tmp_path / "elsewhere").exists(), "checking makes nothing"
