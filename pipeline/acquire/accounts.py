"""Linked accounts: how one is linked, and which source speaks for it."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.acquire.folder import FolderSource, SharedFolder
from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.partner import PartnerSource
from pipeline.acquire.partner_auth import NAME as PARTNER_NAME
from pipeline.acquire.partner_auth import Arrived, PartnerAccess
from pipeline.acquire.ring import RingSource
from pipeline.acquire.ring_auth import Login, RingAccess, Token, link_account
from pipeline.acquire.source import ClipSource
from pipeline.catalogue import Catalogue
from pipeline.domain.cameras import Account, Camera
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.partner import SOURCE as PARTNER
from pipeline.errors import (
    AccountUnknownError,
    NameTakenError,
    RecordNotFoundError,
    SettingsError,
    SourceUnreachableError,
)
from pipeline.evidence.sealing import TokenBox
from pipeline.settings import RingPartnerSettings, RingSettings

_HARDWARE = uuid.UUID("b7a0c0fa-6c3a-4a52-9a64-6f5fdc2d8c11")
"""Namespace of hardware ids: one installation shows itself to one user always under the same id."""


class SealedTokens:
    """Keeps each account's newest token in the catalogue, sealed; on disk before it is used."""

    def __init__(self, catalogue: Catalogue, box: TokenBox) -> None:
        self._catalogue = catalogue
        self._box = box

    def load(self, account_id: str) -> Token | None:
        """See ``TokenStore``."""
        sealed = self._catalogue.accounts.token(account_id)
        return dict(json.loads(self._box.open(account_id, sealed))) if sealed else None

    def save(self, account_id: str, token: Mapping[str, Any]) -> None:
        """See ``TokenStore``."""
        self._catalogue.accounts.save_token(account_id, self.sealed(account_id, token))

    def sealed(self, account_id: str, token: Mapping[str, Any]) -> bytes:
        """What may be written down of a token."""
        return self._box.seal(account_id, json.dumps(dict(token), sort_keys=True).encode())


class AccountDesk:
    """Links accounts and opens their sources. One limiter paces every call of this process."""

    def __init__(
        self,
        catalogue: Catalogue,
        box: TokenBox,
        settings: RingSettings,
        limiter: RateLimiter,
        now: Callable[[], datetime],
        partner: RingPartnerSettings | None = None,
    ) -> None:
        self._now = now
        self._partner = partner or RingPartnerSettings()
        self._partner_limiter = RateLimiter(self._partner.calls_per_minute, self._partner.calls_burst, limiter.clock)
        self._catalogue = catalogue
        self._box = box
        self._tokens = SealedTokens(catalogue, box)
        self._settings = settings
        self._limiter = limiter

    async def link_ring(self, resident_id: str, login: Login, agent: str = "") -> Account:
        """Links a Ring account, or links it again; user name, password and code are not kept.

        Args:
            resident_id: Whose it is.
            login: As the resident typed it.
            agent: Who links it, for the custody log; the resident when empty.

        Raises:
            AccountRefusedError: Wrong user name, password or code.
            NameTakenError: It was linked by another resident; nothing was changed.
            SourceUnreachableError: Ring does not answer.
            TwoFactorNeededError: Ring sent a code to the account's owner; call again with it.
        """
        pseudonym = self._box.pseudonym(login.user_name)
        account = Account(f"ring-{pseudonym[:12]}", resident_id, "ring")
        hardware_id = str(uuid.uuid5(_HARDWARE, pseudonym))
        token = await link_account(account.account_id, login, hardware_id, self._settings, self._limiter)
        self._require_not_anothers(account)  # asked only of whoever showed that the login is theirs
        sealed = self._tokens.sealed(account.account_id, token)
        self._catalogue.accounts.save(account, hardware_id, pseudonym, sealed, self._linked(account, agent))
        return account

    def link_folder(
        self,
        resident_id: str,
        name: str,
        path: Path,
        time_zone: str = "UTC",
        position: tuple[float, float] | None = None,
        agent: str = "",
    ) -> Account:
        """Links a folder of plain clips as one camera, or gives a known one another place.

        Args:
            resident_id: Whose it is.
            name: Names the camera, as ``folder:<name>``.
            path: Where the clips lie.
            time_zone: IANA name; file names without a zone are read in it.
            position: Of the camera, latitude and longitude in degrees.
            agent: As for ``link_ring``.

        Raises:
            NameTakenError: The name is another resident's.
            SettingsError: There is no such folder.
        """
        if not path.is_dir():
            raise SettingsError(f"there is no folder {path}")
        account = Account(f"folder-{name}", resident_id, "folder")
        self._require_not_anothers(account)
        facts = {"name": name, "path": str(path.resolve()), "time_zone": time_zone, "position": position}
        sealed = self._tokens.sealed(account.account_id, facts)
        pseudonym = self._box.pseudonym(f"folder {name}")
        self._catalogue.accounts.save(account, "", pseudonym, sealed, self._linked(account, agent))
        return account

    def partner_pseudonym(self, ring_account: str) -> str:
        """Stands for an account of Ring's partner interface, whose name there is an opaque word."""
        return self._box.pseudonym(f"ring partner {hashlib.sha256(ring_account.encode()).hexdigest()}")

    def link_partner(self, resident_id: str, arrived: Arrived, agent: str = "") -> Account:
        """Links an account of Ring's partner interface, or links it again; Ring was told before.

        Args:
            resident_id: Whose it is.
            arrived: The token, and whose it is at Ring.
            agent: As for ``link_ring``.

        Raises:
            NameTakenError: It is another resident's.
        """
        pseudonym = self.partner_pseudonym(arrived.ring_account)
        account = Account(f"partner-{pseudonym[:12]}", resident_id, PARTNER)
        self._require_not_anothers(account)
        token = {**arrived.token, "linked_at": self._now().isoformat()}
        sealed = self._tokens.sealed(account.account_id, token)
        self._catalogue.accounts.save(account, "", pseudonym, sealed, self._linked(account, agent))
        return account

    def linked_at(self, account: Account) -> datetime | None:
        """When an account of the partner interface was linked; None when it is not linked now."""
        token = self._tokens.load(account.account_id)
        return datetime.fromisoformat(token["linked_at"]) if token else None

    def _linked(self, account: Account, agent: str) -> tuple[CustodyEntry, ...]:
        detail = {"source": account.source, "resident": account.resident_id}
        who = agent or account.resident_id
        return (CustodyEntry(self._now(), who, CustodyAction.ACCOUNT_LINKED, account.account_id, detail=detail),)

    def _require_not_anothers(self, account: Account) -> None:
        """A camera that changed hands with its name would take its grants and its past with it."""
        try:
            known = self._catalogue.accounts.get(account.account_id)
        except RecordNotFoundError:
            return
        if known.resident_id != account.resident_id:
            raise NameTakenError(account.account_id)

    def source(self, account: Account) -> ClipSource:
        """The source that speaks for an account; the caller closes it.

        Raises:
            AccountUnknownError: No such account is linked.
            SourceUnreachableError: It is of the partner interface, and the operator took that away.
        """
        try:
            if account.source == "folder":
                return FolderSource(self._folder(account))
            if account.source == PARTNER:
                if not self._partner.is_on:
                    raise SourceUnreachableError(PARTNER_NAME, "it is not set up here any more")
                return PartnerSource(PartnerAccess(account, self._tokens), self._partner, self._partner_limiter)
            hardware_id = self._catalogue.accounts.hardware_id(account.account_id)
        except RecordNotFoundError as error:
            raise AccountUnknownError(account.account_id) from error
        return RingSource(RingAccess(account, hardware_id, self._tokens), self._settings, self._limiter)

    async def refresh_cameras(self, account: Account) -> tuple[Camera, ...]:
        """Asks the source which cameras the account reaches, and writes them down.

        Raises:
            AccountRefusedError, SourceUnreachableError: As ``ClipSource.cameras``.
        """
        source = self.source(account)
        try:
            cameras = await source.cameras()
        finally:
            await source.close()
        self._catalogue.cameras.save(cameras)
        return cameras

    def _folder(self, account: Account) -> SharedFolder:
        facts = self._tokens.load(account.account_id)
        if facts is None:
            raise AccountUnknownError(account.account_id)
        position = facts["position"]
        return SharedFolder(
            account=account,
            name=facts["name"],
            path=Path(facts["path"]),
            time_zone=facts["time_zone"],
            position=(position[0], position[1]) if position else None,
        )
