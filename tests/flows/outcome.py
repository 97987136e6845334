"""What a night leaves behind, without the moments at which it did: two nights that came to the same compare equal."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.domain.evidence import CustodyAction, CustodyRecord
from pipeline.domain.plain import to_plain
from pipeline.domain.search import EventFilter
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.fixity import FixityLevel
from pipeline.evidence.keys import verifying_keys
from pipeline.evidence.survey import survey
from pipeline.night.services import Services, open_services
from pipeline.settings import Settings

Rows = tuple[Any, ...]


@dataclass(frozen=True)
class Outcome:
    """Everything that must not depend on when, and how often, the night was stopped."""

    items: Rows
    events: Rows
    highlights: Rows
    coverage: Rows
    attachments: Rows
    custody: Rows


def outcome_of(settings: Settings) -> Outcome:
    """Reads it, after checking that the custody chain holds and that every original is what its name says."""
    with open_services(settings) as services:
        catalogue = services.catalogue
        verify_log(catalogue.custody, verifying_keys(settings.store))
        require_no_words_in_leaves(tuple(catalogue.custody.records()))
        assert survey(services.originals, catalogue.clips.items(), FixityLevel.DIGEST).wrong == {}
        found = catalogue.search.find(EventFilter())
        incidents = [incident.incident_id for incident in catalogue.incidents.list()]
        attached = [one for name in incidents for one in catalogue.incidents.attachments(name)]
        highlights = catalogue.highlights.list()
        for digest in (name for one in highlights for name in (one.digest, one.poster, one.contact_sheet, one.tags)):
            assert services.derivatives.read(digest)
        for digest in (*catalogue.stills.digests(), *catalogue.comparisons.pictures()):
            assert services.derivatives.read(digest)
        return Outcome(
            items=tuple(catalogue.clips.items()),
            events=tuple(
                (one.event, one.acquisition_id, one.starts_at, one.ends_at, one.highlight_ids) for one in found
            ),
            highlights=tuple(sorted(highlights, key=lambda one: one.highlight_id)),
            coverage=_coverage(services),
            attachments=tuple(sorted((one.incident_id, one.highlight_id, one.reason, one.status) for one in attached)),
            custody=_custody(services),
        )


def _coverage(services: Services) -> Rows:
    cameras = sorted({camera.camera_id for camera in services.catalogue.cameras.list()})
    last = ((camera, services.catalogue.coverage.last(camera)) for camera in cameras)
    return tuple(
        (camera, trigger, row.outcome) for camera, rows in last for trigger, row in sorted(rows.items()) if trigger
    )


def require_no_words_in_leaves(records: Sequence[CustodyRecord]) -> None:
    """What a person wrote stands behind a salted digest, and nowhere in the log in clear."""
    written = {opening.words for record in records for opening in record.openings}
    for record in records:
        strings = set(_strings(json.loads(record.leaf)))
        assert not strings & written, f"{strings & written} in {record.leaf}"
        for words in written:
            assert len(words) < 5 or words not in record.leaf, f"{words!r} in {record.leaf}"


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)


def _custody(services: Services) -> Rows:
    """Each act once; a report is written again whenever a night comes to its end."""
    entries = (record.entry for record in services.catalogue.custody.records())
    acts = (entry for entry in entries if entry.detail.get("as") != "incident report")
    facts = (
        (entry.action, entry.subject, entry.authority, tuple(sorted(to_plain(entry.detail).items())))
        for entry in acts
        if entry.action is not CustodyAction.FIXITY_CHECKED
    )
    return tuple(sorted(facts))
