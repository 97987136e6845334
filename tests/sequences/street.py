"""Three households on one street, a real installation that knows them, and what stands in place of cameras and codecs.

Everything that decides, keeps, shows or deletes is real: grants, catalogue, custody, stores, nights, casework,
packages, retention. In place of a camera's maker, of the detector, of ffmpeg and of the typesetter stand plain
functions that write the mark of what they were given into what they make, so that any byte that is left can be told by
its mark.
"""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.acquire.accounts import AccountDesk
from pipeline.acquire.source import TriggerPage
from pipeline.domain.cameras import Account, Camera, CameraTrigger, FetchOutcome, Recording, TriggerKind
from pipeline.night.services import Services, open_services
from pipeline.settings import MailSettings, NightSettings, Settings, StoreSettings
from tests.builders import PURPOSE, RECIPIENT
from tests.sequences.book import Book
from tests.sequences.law import Asked, Law
from tests.sequences.takes import MARK, Take

BEGIN = datetime(2026, 3, 10, 22, tzinfo=UTC)
NIGHTS = (PURPOSE, RECIPIENT)
"""For what and for whom the night asks."""
HOUSEHOLDS = {"ann": ("ring:1", "ring:2"), "bob": ("ring:3",), "cid": ("ring:4",)}
OTHER = "another purpose"
SHARED = "ring:9"
"""A camera that its owner shares with Cid's account, and that nobody here owns."""
OWNERS: dict[str, str | None] = {camera: who for who, cameras in HOUSEHOLDS.items() for camera in cameras} | {
    SHARED: None
}
PLACE = (51.5, -0.12)


@dataclass
class Street:
    """One installation in the middle of a sequence, and what is known of it besides."""

    services: Services
    settings: Settings
    law: Law
    clock: "Clock"
    book: Book
    takes: dict[str, Take] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)
    """By the mark of a take, every id and digest that anything made of it ever had."""
    breaches: list[str] = field(default_factory=list)
    """What was asked of a camera or of a worker although nobody had granted it."""
    counts: dict[str, int] = field(default_factory=dict)
    fetched: dict[str, set[str]] = field(default_factory=dict)
    """By the mark of a take that ever was here, the grants under which it came."""
    held: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    """By mark, what only a hold kept that was lifted since: it goes with the next sweep or night."""
    seen_gone: set[str] = field(default_factory=set)
    night_asker: tuple[str, str] = NIGHTS

    def count(self, what: str, more: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + more

    def require(self, asked: Asked, what: str) -> None:
        """Called where something is about to be fetched or looked at."""
        self.count(what)
        if not self.law.allows(NIGHTS, asked, self.clock.at):
            self.breaches.append(f"{what}: {asked}")

    def take_of(self, content: bytes) -> Take:
        found = MARK.search(content.decode("utf-8", "replace"))
        assert found is not None
        return self.takes[found.group()]

    @property
    def folder(self) -> Path:
        return self.settings.store.directory


@dataclass
class Clock:
    at: datetime = BEGIN

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


class Doorbells:
    """What an account reaches, as the maker of the cameras would answer."""

    def __init__(self, street: Street, account: Account) -> None:
        self._street, self._account = street, account

    async def cameras(self) -> tuple[Camera, ...]:
        now = self._street.clock.at
        grants = self._street.law.newest.values()
        who = self._account.resident_id
        if not any(g.resident == who and not g.revoked and g.since <= now < g.until for g in grants):
            self._street.breaches.append(f"connected to the account of {who}, who grants nothing")
        return cameras_of(self._account)

    async def triggers(self, camera: Camera, since: datetime, until: datetime) -> AsyncIterator[TriggerPage]:
        self._street.require(Asked(camera.camera_id, None), "history")
        found = [one for one in self._street.takes.values() if one.camera == camera.camera_id]
        listed = sorted((one for one in found if since <= one.at < until), key=lambda one: one.at, reverse=True)
        yield TriggerPage(tuple(map(trigger_of, listed)))

    async def recording(self, trigger: CameraTrigger) -> Recording:
        take = next(one for one in self._street.takes.values() if one.trigger == trigger.trigger_id)
        self._street.require(Asked(take.camera, take.at), "recording")
        if take.number % 5 == 0:
            return Recording(FetchOutcome.NOT_READY)
        return Recording(FetchOutcome.READY, take.content, "ring_share_link")

    async def close(self) -> None:
        return None


class Accounts(AccountDesk):
    """Opens a doorbell's answers in place of a maker's."""

    def __init__(self) -> None:
        self.street: Street | None = None

    def source(self, account: Account) -> Doorbells:
        assert self.street is not None
        return Doorbells(self.street, account)


def trigger_of(take: Take) -> CameraTrigger:
    labels = (f"{take.mark}label",)
    return CameraTrigger(take.trigger, take.camera, TriggerKind.MOTION, take.at, vendor_labels=labels)


def cameras_of(account: Account) -> tuple[Camera, ...]:
    who = account.resident_id
    names = (*HOUSEHOLDS[who], *((SHARED,) if who == "cid" else ()))
    return tuple(
        Camera(name, account.account_id, f"Door {name[-1]}", OWNERS[name], True, "UTC", PLACE, "12 Oak Street")
        for name in names
    )


def settings_in(folder: Path) -> Settings:
    return Settings(
        store=StoreSettings(directory=folder / "store", checkpoint_directory=folder / "second", free_megabytes=16),
        night=NightSettings(purpose=PURPOSE, recipient=RECIPIENT, time_zone="UTC", look_back_days=30),
        mail=MailSettings(outbox=folder / "outbox", sender="desk@agency.example", recipients=("a@agency.example",)),
    )


def build_template(folder: Path) -> None:
    """An installation in which accounts are linked and nothing is granted; copied for each sequence."""
    with open_services(settings_in(folder), Clock().now) as services:
        for who in HOUSEHOLDS:
            account = Account(f"ring-{who}", who, "ring")
            services.catalogue.accounts.save(account, f"hardware-{who}", f"pseudonym-{who}", b"sealed")
            services.catalogue.cameras.save(cameras_of(account))


@contextmanager
def a_street(template: Path, folder: Path) -> Iterator[Street]:
    """Begins a sequence in a folder of its own, which is gone afterwards."""
    shutil.copytree(template, folder)
    clock, settings, accounts = Clock(), settings_in(folder), Accounts()
    try:
        with open_services(settings, clock.now) as opened, closing(Book(file_of(opened))) as book:
            street = Street(replace(opened, accounts=accounts), settings, Law(dict(OWNERS)), clock, book)
            accounts.street = street
            yield street
    finally:
        shutil.rmtree(folder)


def file_of(services: Services) -> Path:
    """Where the catalogue lies."""
    file = services.catalogue._database.file
    assert file is not None
    return file
