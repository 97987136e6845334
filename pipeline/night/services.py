"""Everything that one installation owns, opened once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline import __version__
from pipeline.acquire.accounts import AccountDesk
from pipeline.acquire.limiter import RateLimiter
from pipeline.catalogue import Catalogue
from pipeline.consent.desk import ConsentDesk
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.disposed import StoreWithTombstones
from pipeline.evidence.keys import signing_key, token_box, verifying_keys
from pipeline.evidence.signing import KeyRing, SigningKey
from pipeline.evidence.store import Namespace, ObjectStore, open_store
from pipeline.settings import Settings

AGENT = f"pipeline {__version__}"
"""Who acts in custody records when no person does."""


@dataclass(frozen=True, slots=True, eq=False)
class Services:
    """What every edge works with.

    Attributes:
        settings: The operator's.
        catalogue: What is known.
        originals: Bytes as received.
        derivatives: What was made of them.
        key: Signs grants and the custody log.
        keys: Checks what the key signed.
        accounts: Links accounts and opens their sources.
        now: UTC, our clock.
    """

    settings: Settings
    catalogue: Catalogue
    originals: ObjectStore
    derivatives: ObjectStore
    key: SigningKey
    keys: KeyRing
    accounts: AccountDesk
    now: Callable[[], datetime]

    def consent(self, purpose: str, recipient: str) -> ConsentDesk:
        """Where grants are asked for this purpose and recipient."""
        return ConsentDesk(
            self.catalogue.grants.latest_of_camera, self.keys, self.now, purpose=purpose, recipient=recipient
        )


def utc_now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


@contextmanager
def open_services(settings: Settings, now: Callable[[], datetime] = utc_now) -> Iterator[Services]:
    """Opens the installation that the settings name; makes what is not there yet.

    Raises:
        SettingsError, StorageError, CatalogueError: As the parts say.
    """
    key = signing_key(settings.store)
    box = token_box(settings.store)
    limiter = RateLimiter.from_settings(settings.ring)
    keys = verifying_keys(settings.store)
    with Catalogue.open(settings.store, CustodyChain(key, keys)) as catalogue:
        yield Services(
            settings=settings,
            catalogue=catalogue,
            originals=_opened(settings, Namespace.ORIGINALS, catalogue),
            derivatives=_opened(settings, Namespace.DERIVATIVES, catalogue),
            key=key,
            keys=keys,
            accounts=AccountDesk(catalogue, box, settings.ring, limiter, now),
            now=now,
        )


def _opened(settings: Settings, namespace: Namespace, catalogue: Catalogue) -> ObjectStore:
    return StoreWithTombstones(open_store(settings.store, namespace), catalogue.disposals.tombstone_of)
