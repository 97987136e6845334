"""The JSON documents of a package: each a plain view of what was gathered, the same bytes for the same contents."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline import __version__
from pipeline.consent.grants import canonical_form
from pipeline.domain.consent import ConsentGrant, SignedGrant
from pipeline.domain.coverage import CoverageRow
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.neighbour_reports import PublishedMedium
from pipeline.domain.plain import to_plain
from pipeline.domain.video import Timestamp
from pipeline.packages.contents import Contents, NotHad, PackedClip
from pipeline.reports import CameraCoverage, ReportedHighlight

ORIGINALS, HIGHLIGHTS, PICTURES = "data/originals", "data/highlights", "data/pictures"
SHARED = "data/shared"


def dump(value: object) -> bytes:
    """UTF-8 JSON for people and machines alike, with its keys sorted."""
    return (json.dumps(to_plain(value), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def line(value: object) -> bytes:
    """The same on one line."""
    return (json.dumps(to_plain(value), ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n").encode()


def original_path(part: PackedClip) -> str:
    """Where an original lies: named by its digest, with an ending that players know."""
    return f"{ORIGINALS}/{part.clip.item.digest}.{_ending(part)}"


def _ending(part: PackedClip) -> str:
    if part.sent is not None:
        return part.sent.ending
    containers = {"matroska": "mkv", "avi": "avi", "mpegts": "ts", "mov": "mp4"}
    named = part.analyses[0].probe.container if part.analyses else ""
    return next((ending for word, ending in containers.items() if word in named), "bin")


def package(contents: Contents, shared: tuple[dict[str, Any], ...] = ()) -> bytes:
    """What is inside, what was kept back and why, and what each thing is; ``shared`` are rows of redacted copies."""
    incident = contents.incident
    return dump(
        {
            "format": "doorstep evidence package 1",
            "package_id": contents.package_id,
            "made_by": f"doorstep {__version__}",
            "exported_at": contents.moment,
            "incident_id": incident.incident_id,
            "case_number": incident.case_number,
            "purpose": incident.purpose,
            "recipient": incident.recipient,
            "grants": contents.authorities,
            "originals": [_original(part) for part in contents.originals],
            "originals_withheld": [
                {"sha256": part.clip.item.digest, "why": part.withheld} for part in contents.clips if part.withheld
            ],
            "highlights": [_highlight(part) for part in contents.report.highlights],
            "highlights_left_out": contents.left_out,
            "received_from_neighbours": [_received(part) for part in contents.clips if part.sent is not None],
            "received_left_out": contents.sent_left_out,
            "weights": [one.row for one in contents.weights],
            "shared_copies": shared,
            "same_for_every_recipient": "Prosecution, defence, court and resident get these same bytes.",
        }
    )


def _received(part: PackedClip) -> dict[str, Any]:
    sent = part.sent
    if sent is None:
        raise ValueError("a camera of a resident recorded it")
    shared = None if sent.public is None else public_path(sent.public)
    return sent.row(None if part.withheld else original_path(part), shared)


def public_path(copy: PublishedMedium) -> str:
    """Where the masked copy of what a neighbour sent lies."""
    return f"{SHARED}/{copy.name}"


def _original(part: PackedClip) -> dict[str, Any]:
    item = part.clip.item
    return {"path": original_path(part), "sha256": item.digest, "bytes": item.size}


def _highlight(part: ReportedHighlight) -> dict[str, Any]:
    highlight = part.highlight
    return {
        "path": f"{HIGHLIGHTS}/{highlight.highlight_id}.mp4",
        "recipe": f"{HIGHLIGHTS}/{highlight.highlight_id}.json",
        "highlight_id": highlight.highlight_id,
        "sha256": highlight.digest,
        "made_from": highlight.clip,
        "grant": f"{part.grant_id} v{part.grant_version}",
    }


def highlight(part: ReportedHighlight) -> bytes:
    """How a highlight was made, so that another can make it again, and why it is here."""
    one = part.highlight
    return dump({"highlight": one, "recipe": one.recipe, "attachment": part.attachment})


def acquisitions(contents: Contents) -> bytes:
    """How each original came: method, tool, moments, authority, and why the camera recorded."""
    return dump([{"clip": part.clip, "camera": part.camera} for part in contents.clips])


def settings_name(digest: str) -> str:
    """Where the settings of an analysis lie: in a file that is named by its own SHA-256."""
    return f"data/analysis_settings/{digest}.json"


def detections(contents: Contents) -> bytes:
    """One object a line: of each result what looked, at which stamps and at which not, then tracks, then events."""
    return b"".join(line(row) for part in contents.clips for row in _detections(part))


def _detections(part: PackedClip) -> Iterable[dict[str, Any]]:
    for analysis in part.analyses:
        whose = {
            "clip": analysis.clip,
            "model_sha256": analysis.model.digest,
            "settings_sha256": analysis.settings_digest,
        }
        yield {"row": "analysis", **whose, "model": analysis.model.name, **_looked(analysis)}
        for track in analysis.tracks:
            yield {"row": "track", **whose, **to_plain(track)}
    for found in part.events:
        interval = {"starts_at": found.starts_at, "ends_at": found.ends_at}
        model = {"model_sha256": found.model.digest, "settings_sha256": found.settings_digest}
        yield {"row": "event", **model, **to_plain(interval), **to_plain(found.event)}


def _looked(analysis: ClipAnalysis) -> dict[str, Any]:
    sampling = analysis.sampling
    return {
        "probe": to_plain(analysis.probe),
        "mean_luma": analysis.mean_luma,
        "frames_decoded": sampling.frames_decoded,
        "decode_errors": sampling.decode_errors,
        "decoder": sampling.decoder,
        "looked_at": to_plain(sampling.sampled),
        "not_looked_at": to_plain(sampling.skipped),
        "shortest_missable_seconds": to_plain(sampling.shortest_missable),
        "stamps_inferred": sampling.stamps_inferred,
        "last": to_plain(sampling.last),
    }


def time_map(contents: Contents) -> bytes:
    """From stamps to UTC for each original: whose clock, how far off it may be, and the frames that were looked at."""
    return dump(
        {
            "how": "utc = starts_at + (pts - first.pts) x time_base, by the named source's clock; nothing is corrected",
            "clips": [_times(part) for part in contents.clips],
        }
    )


def _times(part: PackedClip) -> dict[str, Any]:
    clock, got = part.clip.clock, part.clip.acquisition
    first = part.analyses[-1].probe.first if part.analyses else None
    stamps = part.analyses[-1].sampling.sampled if part.analyses else ()
    return {
        "clip": part.clip.item.digest,
        "acquisition_id": got.acquisition_id,
        "starts_at": clock.starts_at,
        "clock_source": clock.source,
        "uncertainty_seconds": clock.uncertainty.total_seconds(),
        "clock_offset_seconds": None,
        "clock_offset_source": "not measured: nobody compared this camera's clock with a reference clock",
        "received_by_our_clock": {"from": got.started_at, "to": got.ended_at},
        "first": first,
        "frames": [_frame(part, at, first) for at in stamps if first is not None],
    }


def _frame(part: PackedClip, at: Timestamp, first: Timestamp) -> dict[str, Any]:
    return {"pts": at.pts, "time_base": at.time_base, "utc": part.clip.clock.at(at, first)}


def coverage(contents: Contents, histories: Mapping[str, CoverageRow | None], not_had: Iterable[NotHad] = ()) -> bytes:
    """What was asked of each camera, what came of it, and the clips in scope that show nothing (P10, P15).

    Args:
        contents: The package's.
        histories: By camera id, what came of asking for its history last; None when it never was asked.
        not_had: Recordings of the window that did not come.
    """
    report = contents.report
    silent = {clip.camera_name for clip in report.silent_clips}
    return dump(
        {
            "window": {"from": report.incident.starts_at, "to": report.incident.ends_at},
            "cameras": [
                {
                    **to_plain(camera),
                    "was_asked": camera.was_asked or histories.get(camera.camera_id) is not None,
                    "standing": standing(camera, camera.name in silent),
                    "history": to_plain(histories.get(camera.camera_id)),
                }
                for camera in report.coverage
            ],
            "recordings_not_had": [
                {"camera_id": one.trigger.camera_id, "recorded_at": one.trigger.at, **_not_had(one)} for one in not_had
            ],
            "clips_that_show_nothing": report.silent_clips,
            "other_clips_in_scope": report.other_clips,
            "highlights_left_out": contents.left_out,
        }
    )


def _not_had(one: NotHad) -> dict[str, Any]:
    if one.row is None:
        return {"trigger_id": one.trigger.trigger_id, "outcome": "not asked", "why": "", "asked_last": None, "tries": 0}
    told = {"outcome": one.row.outcome, "why": one.row.detail, "asked_last": one.row.at, "tries": one.row.tries}
    return {"trigger_id": one.trigger.trigger_id, **told}


def standing(camera: CameraCoverage, has_silent_clips: bool) -> str:
    """A camera's part in one word of: not granted, empty, not asked, failed, partly fetched, silent, fetched."""
    asked = sum(part.count for part in camera.outcomes)
    for word, holds in (
        ("not granted", not camera.granted),
        ("empty", camera.triggers == 0),
        ("not asked", asked == 0),
        ("failed", camera.fetched == 0),
        ("partly fetched", camera.fetched < camera.triggers),
        ("fetched, with clips that show nothing", has_silent_clips),
    ):
        if holds:
            return word
    return "fetched"


def consent(contents: Contents, public_keys: Mapping[str, bytes]) -> bytes:
    """Every version of the grants, word for word as signed, and whether it is in force at the export.

    Args:
        contents: The package's.
        public_keys: The 32 bytes by key id, as far as they are known.
    """
    newest = {signed.grant.grant_id: signed.grant for signed in contents.grants}
    return dump({"grants": [_grant(signed, newest, contents, public_keys) for signed in contents.grants]})


def _grant(
    signed: SignedGrant, newest: Mapping[str, ConsentGrant], contents: Contents, public_keys: Mapping[str, bytes]
) -> dict[str, Any]:
    grant = signed.grant
    return {
        "grant_id": grant.grant_id,
        "version": grant.version,
        "state_at_export": _state(grant, newest[grant.grant_id], contents),
        "signed_text": canonical_form(grant).decode(),
        "signature": signed.signature,
        "key_id": signed.key_id,
        "public_key": public_keys.get(signed.key_id, b""),
        "what_the_signature_shows": "The key is the custodian's, not the resident's: the words are those that the "
        "custodian wrote down when the grant was given, and nobody changed them since. That a resident gave it, the "
        "custody record of the grant says, and the resident can.",
        "revocation": "A resident can revoke at any time, and what is stored is deleted. A copy that was handed out "
        "before, as this one was, cannot be recalled; the resident's receipt names it.",
    }


def _state(grant: ConsentGrant, newest: ConsentGrant, contents: Contents) -> str:
    if newest.revoked_at is not None:
        return f"revoked at {newest.revoked_at.isoformat()}"
    if newest.paused_since is not None:
        return f"paused since {newest.paused_since.isoformat()}"
    if grant.version < newest.version:
        return f"followed by version {newest.version}"
    is_live = grant.granted_at <= contents.moment < grant.expires_at
    return f"in force until {grant.expires_at.isoformat()}" if is_live else "not in force"
