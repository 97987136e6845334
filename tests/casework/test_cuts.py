"""What people choose from a clip: spans, whole clips, new versions; each under grants, each with its recipe."""

import json
from dataclasses import replace
from datetime import time
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.casework.attaching import attach, choose_version, versions_of
from pipeline.casework.cuts import CutOrder, cut_span, recut
from pipeline.casework.exports import ExportOrder, export_package
from pipeline.domain.consent import DailyHours
from pipeline.errors import ConsentError, CutError, RecordNotFoundError
from pipeline.night.attach import attach_highlights
from pipeline.night.incident_reports import report_on
from pipeline.packages.verifier import verify
from pipeline.reports import write_incident_report
from pipeline.retention.revocation import revoke_grant
from pipeline.settings import IncidentSettings
from tests.casework.desk import KIM, Desk, a_desk
from tests.night.conftest import clips
from tests.night.story import anns_grant

__all__ = ["clips"]


def acquisition(desk: Desk, number: int = 0) -> str:
    return desk.services.catalogue.clips.list()[number].acquisition.acquisition_id


def stored(desk: Desk) -> set[str]:
    return set(desk.services.derivatives.digests())


def test_a_span_in_which_nothing_was_found_is_cut_shown_reported_and_packed(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "empty.mp4") as desk:
        incident = desk.incident()
        order = CutOrder(Fraction("0.2"), Fraction("0.8"), reason="an empty doorstep")
        made = cut_span(desk.services, KIM, incident.incident_id, acquisition(desk), order)
        again = cut_span(desk.services, KIM, incident.incident_id, acquisition(desk), order)

        assert again == made
        shown = desk.services.catalogue.highlights.get(made.highlight_id)
        assert shown.event_ids == ()
        assert shown.cut is not None
        assert (shown.cut.cut_by, shown.cut.version_of, shown.cut.has_boxes) == ("kim", "", True)
        first = desk.services.catalogue.analyses.newest(acquisition(desk)).probe.first
        edges = [float(edge.seconds - first.seconds) for edge in (shown.span.start, shown.span.end)]
        assert edges == [pytest.approx(0.2, abs=0.001), pytest.approx(0.8, abs=0.001)]
        (record,) = [one for one in desk.records("derived") if one.entry.agent == "kim"]
        assert record.entry.detail["output"] == shown.digest
        tags = json.loads(desk.services.derivatives.read(shown.tags))
        assert (tags["events"], tags["chapters"]) == ([], [])

        report = report_on(desk.services, incident.incident_id)
        files = write_incident_report(report, desk.services.derivatives.read, tmp_path / "report")
        page = files.html.read_text("utf-8")
        assert "The machine found no event in this span." in page
        assert "Chosen by a person" in page
        alone = desk.services.settings.model_copy(update={"incidents": IncidentSettings(export_needs_approval=False)})
        wanted = ExportOrder(tmp_path / "out", zipped=False, redacted=True)
        package = export_package(replace(desk.services, settings=alone), KIM, incident.incident_id, wanted)
        assert all(holds for _, holds, _ in verify(package.path))
        told = json.loads((package.path / f"data/highlights/{made.highlight_id}.json").read_text())
        assert told["highlight"]["cut"]["cut_by"] == "kim"


def test_a_new_cut_is_a_version_with_a_recipe_of_its_own_and_the_old_one_stays(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        bare = recut(
            desk.services, KIM, incident.incident_id, desk.highlight(), CutOrder(Fraction(1), Fraction(2), False)
        )
        whole = recut(desk.services, KIM, incident.incident_id, desk.highlight(), CutOrder())

        versions = versions_of(desk.services, desk.highlight())
        assert [one.highlight_id for one in versions] == [desk.highlight(), bare.version, whole.version]
        assert len({one.digest for one in versions}) == 3
        assert "without boxes" in versions[1].recipe.filters
        assert "from tracks and events" in versions[2].recipe.filters
        assert versions[1].event_ids == versions[0].event_ids, "the visit shares a moment with it"
        assert [one.highlight.highlight_id for one in report_on(desk.services, incident.incident_id).highlights] == [
            whole.version
        ]

        chosen = choose_version(desk.services, KIM, incident.incident_id, desk.highlight(), desk.highlight())
        assert (chosen.version, chosen.shown_id) == ("", desk.highlight())
        with pytest.raises(RecordNotFoundError):
            choose_version(desk.services, KIM, incident.incident_id, desk.highlight(), "hl-another")
        assert attach_highlights(desk.services) == (), "a version is nothing of its own to the night"
        other = desk.incident(attaches_by_itself=True)
        assert [one.highlight_id for one in attach_highlights(desk.services)] == [desk.highlight()]
        assert len(desk.services.catalogue.incidents.attachments(other.incident_id)) == 1


@pytest.mark.parametrize(
    ("start", "end"), [("-1", "1"), ("1", "1"), ("2", "1"), ("0", "99")], ids=["before", "empty", "backwards", "after"]
)
def test_a_span_lies_inside_its_clip(start: str, end: str, tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident, before = desk.incident(), stored(desk)
        with pytest.raises(CutError, match="inside the clip"):
            cut_span(
                desk.services,
                KIM,
                incident.incident_id,
                acquisition(desk),
                CutOrder(Fraction(start), Fraction(end)),
            )
        assert stored(desk) == before


def test_a_cut_needs_a_grant_for_all_that_it_shows(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident, before = desk.incident(), stored(desk)
        name, clip = acquisition(desk), desk.services.catalogue.clips.list()[0]
        until = (clip.clock.starts_at).time().replace(microsecond=0)
        narrow = anns_grant(version=2, hours=(DailyHours(time(0), until.replace(second=until.second + 2)),))
        desk.house.grant(narrow)

        for agent in (KIM, replace(KIM, purpose="curiosity")):
            with pytest.raises(ConsentError):
                cut_span(desk.services, agent, incident.incident_id, name, CutOrder(Fraction(0), Fraction(3)))
        assert stored(desk) == before
        assert desk.services.catalogue.incidents.attachments(incident.incident_id) == ()


def test_a_revocation_takes_every_version_and_every_span(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        recut(desk.services, KIM, incident.incident_id, desk.highlight(), CutOrder(Fraction(1), Fraction(2)))
        cut_span(desk.services, KIM, incident.incident_id, acquisition(desk), CutOrder(Fraction(0), Fraction("0.5")))

        revoke_grant(desk.services, "gr-1", "ann")

        assert desk.services.catalogue.highlights.list() == ()
        assert desk.services.catalogue.incidents.attachments(incident.incident_id) == ()
        assert stored(desk) == set()


def test_a_masked_cut_says_what_it_hides(tmp_path: Path, clips: Path) -> None:
    with a_desk(tmp_path, clips / "visit.mp4") as desk:
        incident = desk.incident()
        attach(desk.services, KIM, incident.incident_id, desk.highlight(), "by hand")
        made = recut(
            desk.services,
            KIM,
            incident.incident_id,
            desk.highlight(),
            CutOrder(Fraction("0.5"), Fraction("1.5"), is_masked=True),
        )

        shown = desk.services.catalogue.highlights.get(made.version)
        assert shown.cut is not None
        assert shown.cut.redaction is not None
        assert shown.cut.redaction.looks > 0
        tags = json.loads(desk.services.derivatives.read(shown.tags))
        assert tags["redaction"]["looks"] == shown.cut.redaction.looks
