"""The sealing child: confines itself, then reads or makes one C2PA manifest with native code.

Started by its path with ``python -I -S``. It holds no key: what is to be signed goes to its parent, a line of JSON on
standard output, and the signature comes back as a line on standard input::

    child.py '<order>' '<walls>' '<search path>'
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

_LARGEST_ANSWER = 8 * 1024 * 1024


def main() -> None:
    """Read the command line, stand behind the walls, then do what is asked."""
    order, walls, search_path = sys.argv[1:]
    sys.path.extend(json.loads(search_path))
    from pipeline.confinement import Walls, confine

    confine(Walls.from_json(walls))
    asked = json.loads(order)
    _say(_read(asked) if asked["do"] == "read" else _seal(asked))


def _say(message: dict[str, Any]) -> None:
    text = json.dumps(message)
    if len(text) > _LARGEST_ANSWER:
        text = json.dumps({"error": f"the manifest is larger than {_LARGEST_ANSWER} bytes"})
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _settings(asked: dict[str, Any]) -> dict[str, Any]:
    """No network in any case: manifests that lie elsewhere are not fetched, nor are answers about certificates."""
    trust = {"trust_anchors": asked["anchors"]} if asked.get("anchors") else {}
    return {
        "trust": trust,
        "verify": {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
        "builder": {"thumbnail": {"enabled": False}},
    }


def _read(asked: dict[str, Any]) -> dict[str, Any]:
    import c2pa

    context = c2pa.Context.from_dict(_settings(asked))
    try:
        with Path(asked["path"]).open("rb") as source:
            reader = c2pa.Reader(asked["format"], source, context=context)
            return {"report": json.loads(reader.json()), "state": reader.get_validation_state(), **_version()}
    except c2pa.C2paError as error:
        kind = type(error).__name__.removeprefix("_C2pa")
        return {"absent" if kind == "ManifestNotFound" else "error": f"{kind}: {error}"[:400], **_version()}


def _seal(asked: dict[str, Any]) -> dict[str, Any]:
    import c2pa

    try:
        builder = c2pa.Builder.from_json(asked["manifest"], context=c2pa.Context.from_dict(_settings(asked)))
        if asked["parent"]:
            with Path(asked["parent"]).open("rb") as parent:
                builder.add_ingredient(asked["ingredient"], asked["parent_format"], parent)
        signer = c2pa.Signer.from_callback(_ask_for_signature, c2pa.C2paSigningAlg.ED25519, asked["certificates"])
        with Path(asked["path"]).open("rb") as source, Path(asked["out"]).open("w+b") as out:
            builder.sign(signer, asked["format"], source, out)
    except c2pa.C2paError as error:
        return {"error": str(error)[:400], **_version()}
    return {"sealed": True, **_version()}


def _ask_for_signature(message: bytes) -> bytes:
    _say({"sign": base64.b64encode(message).decode()})
    return base64.b64decode(sys.stdin.readline())


def _version() -> dict[str, str]:
    from importlib.metadata import version

    return {"reader": f"c2pa-python {version('c2pa-python')}"}


if __name__ == "__main__":
    main()
