"""After a night a resident revokes: Prefect has nothing of hers; the sweep and the fixity check run as flows."""

import re
from pathlib import Path

import pytest

from pipeline.cli.screen import load_settings
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import FixitySurveyError
from pipeline.night.services import open_services
from pipeline.retention.revocation import revoke_grant
from tests.flows.conftest import Night

_IDS = re.compile(rb"(?:hl|ev|aq)-[0-9a-f]{20}")


def files_of_prefect() -> list[Path]:
    from prefect.settings import get_current_settings

    home = get_current_settings().home
    return [path for path in home.rglob("*") if path.is_file() and path.stat().st_size]


def test_prefect_keeps_no_id_no_digest_and_no_picture_of_a_night(undisturbed: Night) -> None:
    """So there is nothing in it that a revocation would have to delete."""
    digests = {part.highlight.digest for part in undisturbed.report.highlights}
    digests |= {part.highlight.clip for part in undisturbed.report.highlights}
    assert digests
    files = files_of_prefect()
    assert any(path.name == "prefect.db" for path in files)
    for path in files:
        content = path.read_bytes()
        assert _IDS.findall(content) == [], path.name
        assert [digest for digest in digests if digest.encode() in content] == [], path.name
        assert b"\xff\xd8\xff\xe0" not in content, path.name


def test_after_a_night_a_revocation_leaves_nothing_of_the_resident_and_all_of_the_other(
    undisturbed: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    household = undisturbed.household.copy(tmp_path / "store")
    household.enter(monkeypatch)
    with open_services(load_settings()) as services:
        cameras = {clip.item.digest: clip.acquisition.camera_id for clip in services.catalogue.clips.list()}
        lawn = {digest for digest, camera in cameras.items() if camera == "ring:2001"}
        made = revoke_grant(services, "gr-ann", "tester")
        assert made.finished.failed == ()
        subjects = services.catalogue.disposals.subjects([stone.tombstone_id for stone in made.finished.settled])
        assert set(services.originals.digests()) == lawn
        kept = {digest for one in services.catalogue.highlights.list() for digest in one.digests}
        kept |= set(services.catalogue.stills.digests())
        assert set(services.derivatives.digests()) == kept
    left = b"".join(path.read_bytes() for path in (household.store / "reports").rglob("*") if path.is_file())
    assert [subject for subject in subjects if subject.encode() in left] == []

    from flows.fixity import fixity
    from flows.retention import retention

    swept = retention()
    assert (swept.failed, swept.looked_at) == ((), len(lawn))
    assert fixity().wrong == ()
    with open_services(load_settings()) as services:
        actions = [record.entry.action for record in services.catalogue.custody.records()]
        assert CustodyAction.RETENTION_SWEPT in actions
        services.originals.delete(min(lawn))
    with pytest.raises(FixitySurveyError):
        fixity()
    caplog.clear()  # Prefect logs the failed run as an error, and that is wanted
