"""Everything that one installation owns, opened once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline import __version__
from pipeline.acquire.accounts import AccountDesk
from pipeline.acquire.limiter import RateLimiter
from pipeline.catalogue import Catalogue
from pipeline.consent.allowances import Allowances
from pipeline.consent.desk import ConsentDesk
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.disposed import StoreWithTombstones
from pipeline.evidence.keys import signing_key, token_box, verifying_keys
from pipeline.evidence.sealing import TokenBox
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
        box: Seals secrets that the catalogue keeps.
        now: UTC, our clock.
        allowances: What live grants let one asker see of everything.
    """

    settings: Settings
    catalogue: Catalogue
    originals: ObjectStore
    derivatives: ObjectStore
    key: SigningKey
    keys: KeyRing
    accounts: AccountDesk
    box: TokenBox
    now: Callable[[], datetime]
    allowances: Allowances

    def consent(self, purpose: str, recipient: str, others: tuple[tuple[str, str], ...] = ()) -> ConsentDesk:
        """Where grants are asked for this purpose and recipient; for ``others`` only where these are refused."""
        grants_of = self.catalogue.grants.latest_of_camera
        return ConsentDesk(grants_of, self.keys, self.now, purpose=purpose, recipient=recipient, others=others)


def utc_now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


@contextmanager
def open_services(
    settings: Settings, now: Callable[[], datetime] = utc_now, *, is_restoring: bool = False
) -> Iterator[Services]:
    """Opens the installation that the settings name; makes what is not there yet.

    Args:
        settings: The operator's.
        now: UTC, our clock.
        is_restoring: Also a database that is being restored; for the restore alone.

    Raises:
        SettingsError, StorageError, CatalogueError: As the parts say.
    """
    key = signing_key(settings.store)
    box = token_box(settings.store)
    limiter = RateLimiter.from_settings(settings.ring)
    keys = verifying_keys(settings.store)
    with Catalogue.open(settings.store, CustodyChain(key, keys), is_restoring=is_restoring) as catalogue:
        catalogue.index.keep_time_zone(settings.night.time_zone)
        yield Services(
            settings=settings,
            catalogue=catalogue,
            originals=_opened(settings, Namespace.ORIGINALS, catalogue),
            derivatives=_opened(settings, Namespace.DERIVATIVES, catalogue),
            key=key,
            keys=keys,
            accounts=AccountDesk(catalogue, box, settings.ring, limiter, now, settings.partner),
            box=box,
            now=now,
            allowances=Allowances(keys),
        )


def _opened(settings: Settings, namespace: Namespace, catalogue: Catalogue) -> ObjectStore:
    return StoreWithTombstones(open_store(settings.store, namespace), catalogue.disposals.tombstone_of)
