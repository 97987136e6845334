"""What is disturbed: acts of the product on a small town, each of which says what is safe as soon as it is."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from pipeline.domain.cameras import FetchOutcome, Recording
from pipeline.night.ingest import Arrival, ingest
from pipeline.night.morning import write_morning
from pipeline.night.services import open_services
from pipeline.night.tonight import open_night
from pipeline.packages.export import export_incident
from pipeline.retention.revocation import finish_revocations, revoke_grant
from pipeline.retention.sweep import sweep
from pipeline.settings import Settings
from tests.catalogue.stories import a_clip
from tests.night.story import MORNING
from tests.retention.story import Clock, Town, a_town

Act = Callable[[Town], Iterator[str]]
CLIPS = ("first", "second")
EXPORT = "export"
"""The act that needs a real night before it."""
LATER = timedelta(minutes=10)
"""After which the lease of a night that was killed counts as given up."""


def take_in(town: Town) -> Iterator[str]:
    """A night takes two recordings in, and ends with its report."""
    services = town.services
    grant = services.catalogue.grants.get("gr-1")
    with open_night(services) as tonight:
        for number, words in enumerate(CLIPS):
            trigger = a_clip(words, minutes=number).trigger
            recording = Recording(FetchOutcome.READY, words.encode() * 1000, "test")
            clip = ingest(tonight, Arrival(trigger, recording, grant, services.now(), services.now()))
            yield f"clip {clip.acquisition.acquisition_id} {clip.item.digest}"
        _, files = write_morning(tonight, {})
        tonight.finish(files.json.read_text(encoding="utf-8"))
        yield f"night {tonight.key}"


def derive(town: Town) -> Iterator[str]:
    """What is seen in a clip is written down, and its highlight with all its files."""
    for number, words in enumerate(CLIPS):
        kept = town.keep(words, minutes=number)
        yield f"clip {kept.name} {kept.clip.item.digest}"
        assert kept.highlight is not None
        yield f"highlight {kept.highlight.highlight_id}"


def revoke(town: Town) -> Iterator[str]:
    """The resident revokes; what was left of it is finished first, as every night does."""
    finish_revocations(town.services)
    done = revoke_grant(town.services, "gr-1", "tester")
    yield "revoked gr-1"
    if not done.finished.failed:
        yield "deleted gr-1"


def expire(town: Town) -> Iterator[str]:
    """Two years later the sweep takes what nothing keeps."""
    town.clock.at += timedelta(days=800)
    if not sweep(town.services).failed:
        yield "swept all"


def export(settings: Settings) -> Iterator[str]:
    """An incident leaves as a package; one that is there already is the same, and stays."""
    folder = settings.store.directory / "out"
    with open_services(settings, Clock(MORNING + timedelta(hours=1)).now) as services:
        if not any(folder.glob("EV-*")):
            made = export_incident(services, "in-000000000001", folder, "kim", moment=MORNING + timedelta(hours=1))
            yield f"package {made.path.name}"


def prepare(name: str, town: Town) -> None:
    """What an act finds: a grant, and for those that delete two clips with all that was made of them."""
    if not town.services.catalogue.grants.latest():
        town.grant()
        if name in ("revoke", "expire"):
            kept = [town.keep(words, minutes=number, file_name="front.mp4") for number, words in enumerate(CLIPS)]
            town.report(kept[0])
            if name == "revoke":
                town.attach(town.open_incident(), kept[0])


ACTS: dict[str, Act] = {"take in": take_in, "derive": derive, "revoke": revoke, "expire": expire}


def act_on(name: str, settings: Settings, *, again: bool) -> Iterator[str]:
    """Does the act; ``again`` is a later run, whose clock has gone on."""
    if name == EXPORT:
        yield from export(settings)
        return
    clock = Clock()
    if again:
        clock.at += LATER
    with a_town(settings, clock) as town:
        yield from ACTS[name](town)
