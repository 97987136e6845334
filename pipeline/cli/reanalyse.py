"""``doorstep reanalyse``: look again at what is stored, and show what appeared, vanished and moved."""

from collections import Counter
from typing import Annotated, Any

import typer
from rich.text import Text

from pipeline.cli.screen import load_settings, out, parse_moment, print_json, shown_progress, table
from pipeline.cli.stopping import ends_at_once
from pipeline.cli.tagging import plain_tag
from pipeline.domain.differences import Compared, Difference, interval_of
from pipeline.domain.events import Event
from pipeline.domain.plain import to_plain
from pipeline.night.progress import watched_by
from pipeline.night.reanalyse import plan_reanalysis, reanalyse, try_reanalysis
from pipeline.night.reanalysis import ClipDifference, Plan, Reanalysis, Scope
from pipeline.night.services import Services, open_services
from pipeline.night.workers import open_eyes, worker_pool
from pipeline.settings import Settings

app = typer.Typer()

_STYLES = {
    Difference.VANISHED: "red",
    Difference.NO_LONGER_STATED: "yellow",
    Difference.APPEARED: "green",
    Difference.NOW_STATED: "green",
}


@app.command(
    epilog="Examples: doorstep reanalyse --model yolo11n --since 2026-03-01 --dry-run | "
    "doorstep reanalyse --camera ring:1001 --model yolo11n | doorstep reanalyse --clip 0123456789ab --json"
)
def look_again(
    camera: Annotated[list[str] | None, typer.Option(help="Only these cameras; once for each.")] = None,
    since: Annotated[str | None, typer.Option(help="Clips from then on; a date, or a moment with its zone.")] = None,
    until: Annotated[str | None, typer.Option(help="Clips before.")] = None,
    clip: Annotated[
        list[str] | None, typer.Option(help="Only these originals, by SHA-256 or its first eight digits or more.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Looks with these weights (see `doorstep models list`). Default: the settings'.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Look and show, and keep no result; the custody log names the look.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look again at stored clips with other weights or settings, and show what that changes.

    The new result stands beside the old one, which is kept; searches find the newest. Only clips that a live grant
    covers are looked at. What is attached and rests on an event that the new result lacks is listed, and stays.
    """
    settings = _looking_with(load_settings(), model)
    scope = Scope(
        camera_ids=tuple(camera) if camera else None,
        since=parse_moment(since) if since else None,
        until=parse_moment(until) if until else None,
        clips=tuple(clip) if clip else None,
    )
    with open_services(settings) as services:
        made = _run(services, scope, dry_run=dry_run)
    if as_json:
        print_json(_plain(made))
    else:
        _print(made)
    if made.failures:
        raise typer.Exit(1)


def _looking_with(settings: Settings, model: str | None) -> Settings:
    if model is None:
        return settings
    return settings.model_copy(update={"detection": settings.detection.model_copy(update={"model": model})})


def _run(services: Services, scope: Scope, *, dry_run: bool) -> Reanalysis:
    eyes = open_eyes(services.settings)
    plan = plan_reanalysis(services, scope, eyes)
    if not plan.todo:
        return Reanalysis(eyes, plan, (), (), (), is_kept=False)
    look = try_reanalysis if dry_run else reanalyse
    with (
        ends_at_once("doorstep reanalyse"),
        worker_pool(services.settings) as pool,
        shown_progress() as progress,
        watched_by(progress),
    ):
        return look(services, plan, eyes, pool)


def _plain(made: Reanalysis) -> dict[str, Any]:
    return {
        "model": to_plain(made.eyes.model),
        "kept": made.is_kept,
        "looked_at": len(made.differences),
        "already_looked_at": made.plan.done,
        "not_granted": made.plan.not_granted,
        "counts": dict(_counts(made)),
        "clips": [_plain_clip(one) for one in made.differences],
        "failed": [{"clip": one.clip.item.digest, "error": one.why} for one in made.failures],
        "attached": to_plain(made.attached),
    }


def _plain_clip(one: ClipDifference) -> dict[str, Any]:
    return {
        "clip": one.clip.item.digest,
        "camera": one.camera.camera_id,
        "starts_at": one.clip.clock.starts_at.isoformat(),
        "before": None if one.before is None else to_plain(one.before),
        "settings_digest": one.analysis.settings_digest,
        "events": [
            {
                "difference": part.difference,
                "kind": part.event.inferred.kind,
                "before": _plain_side(one, part.before),
                "after": _plain_side(one, part.after),
            }
            for part in one.compared
        ],
        "resting_on_what_is_gone": [{**to_plain(part.attachment), "event_id": part.event_id} for part in one.resting],
        "tagged_before": [
            {"tag": plain_tag(part.tag), "difference": part.difference, "event_id": part.event_id or None}
            for part in one.tagged
        ],
    }


def _plain_side(one: ClipDifference, event: Event | None) -> dict[str, Any] | None:
    if event is None:
        return None
    start, end = interval_of(event, one.analysis.probe.first)
    inferred = event.inferred
    facts = {"start_s": round(start, 4), "end_s": round(end, 4), "score": inferred.score, "reason": inferred.reason}
    return {"event_id": event.event_id, **facts, "sentence": inferred.sentence}


def _counts(made: Reanalysis) -> Counter[str]:
    return Counter(part.difference.value for one in made.differences for part in one.compared)


def _print(made: Reanalysis) -> None:
    if not made.plan.todo:
        out.print(_nothing(made.plan))
        return
    rows = table("what changed", "", "clip begins (UTC)", "camera", "kind", "before", "after", "event")
    changed = [(one, part) for one in made.differences for part in one.compared]
    for one, part in (pair for pair in changed if pair[1].difference is not Difference.SAME):
        rows.add_row(
            Text(part.difference.replace("_", " "), style=_STYLES.get(part.difference, "")),
            f"{one.clip.clock.starts_at:%Y-%m-%d %H:%M:%S}",
            one.camera.name,
            part.event.inferred.kind,
            _side(one, part.before),
            _side(one, part.after),
            _named(part),
        )
    counts = _counts(made)
    out.print(rows if rows.row_count else "no event changed.")
    told = ", ".join(
        f"{name.value.replace('_', ' ')} {counts[name.value]}" for name in Difference if counts[name.value]
    )
    out.print(f"looked at {len(made.differences)} clips with {made.eyes.model.name}: {told or 'no event in any'}")
    for one in made.differences:
        _print_losses(one)
    for failure in made.failures:
        out.print(Text(f"{failure.clip.item.digest[:12]}: not looked at: {failure.why}", style="red"))
    if made.plan.not_granted:
        out.print(f"{made.plan.not_granted} clips were left alone: no live grant covers them")
    if made.attached:
        out.print(f"{len(made.attached)} new highlights were attached to open incidents, not yet confirmed")
    out.print("the results are kept beside the earlier ones." if made.is_kept else "dry run: no result was kept.")


def _print_losses(one: ClipDifference) -> None:
    """What rests on an event that is gone, and what people said of events that are others now."""
    for loss in one.resting:
        what = f"attached to {loss.attachment.incident_id}: {loss.attachment.highlight_id} ({loss.attachment.status})"
        out.print(Text(f"{what} rests on {loss.event_id}, an event that the new result does not state", "yellow"))
    for part in one.tagged:
        now = f"now {part.event_id}" if part.event_id else "it is gone"
        what = f"{part.tag.event_id} was {part.tag.status} by {part.tag.matter.agent}: {now}, {part.difference}"
        out.print(Text(f"{what}; a tag is not carried over by itself", "yellow"))


def _nothing(plan: Plan) -> str:
    parts = [f"{plan.done} clips were looked at with these weights and settings already"]
    if plan.not_granted:
        parts.append(f"{plan.not_granted} are not covered by a live grant")
    return f"nothing to do: {', '.join(parts)}."


def _side(one: ClipDifference, event: Event | None) -> str:
    if event is None:
        return "-"
    start, end = interval_of(event, one.analysis.probe.first)
    doubt = "" if event.inferred.reason is None else f", cannot tell: {event.inferred.reason}"
    return f"{start:.1f} to {end:.1f} s, {event.inferred.score:.2f}{doubt}"


def _named(part: Compared) -> str:
    return " -> ".join(event.event_id for event in (part.before, part.after) if event is not None)
