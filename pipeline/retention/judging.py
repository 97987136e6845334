"""Whether an acquisition goes now: holds first, then grants, then time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.consent.grants import Standing, standing_of
from pipeline.domain.consent import SignedGrant
from pipeline.domain.evidence import CustodyAction, Disclosure
from pipeline.domain.retention import ClipFacts, Decision, DisposalReason
from pipeline.night.services import Services
from pipeline.retention.due import due_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of an acquisition.

    Attributes:
        decision: Why it goes, or would if nothing held it; None when nothing says that it goes.
        is_held: Whether a hold keeps it.
        doubt: Why it stays although its time may have run out; empty when there is no doubt.
    """

    decision: Decision | None = None
    is_held: bool = False
    doubt: str = ""

    @property
    def goes(self) -> Decision | None:
        """The decision to carry out; None when the acquisition stays."""
        return None if self.is_held else self.decision


class Judge:
    """Judges acquisitions at one moment; grants are read anew for each."""

    def __init__(self, services: Services, now: datetime) -> None:
        self._services = services
        self._now = now

    def goes(self, facts: ClipFacts) -> Decision | None:
        """The decision to carry out; None when the acquisition stays."""
        found = self.verdict(facts).goes
        if found is None:
            return None
        return Decision(found.reason, found.authority, disclosures_of(self._services, facts))

    def only_for(self, facts: ClipFacts) -> Decision | None:
        """As ``goes``, where the resident's word is the reason; the passing of time is left to the sweep."""
        found = self.goes(facts)
        return found if found is not None and found.reason.is_the_residents else None

    def verdict(self, facts: ClipFacts) -> Verdict:
        """What is to become of an acquisition."""
        is_held = bool(facts.holds)
        decision, doubt = self._by_grants(facts)
        if decision is not None or doubt:
            return Verdict(decision, is_held, doubt)
        due = due_of(facts, self._services.settings.retention)
        if due is None:
            return Verdict(None, is_held, "an incident of it was closed at a moment that nobody wrote down")
        if self._now < due.due_at:
            return Verdict(None, is_held)
        authority = f"retention: {due.category}, counted from {due.counts_from:%Y-%m-%d}"
        return Verdict(Decision(DisposalReason.RETENTION, authority), is_held)

    def covering(self, facts: ClipFacts) -> tuple[str, ...]:
        """The grants that let an acquisition be kept, as custody records name them; empty when none does."""
        camera_id = facts.clip.acquisition.camera_id
        concerned = self._services.catalogue.grants.latest_of_camera(camera_id)
        covering = [one.grant for one in concerned if self._standing(one, facts) is Standing.COVERS]
        return tuple(f"{grant.grant_id} v{grant.version}" for grant in covering)

    def _by_grants(self, facts: ClipFacts) -> tuple[Decision | None, str]:
        """Nothing while one grant covers it; otherwise what became of the grant under which it was fetched."""
        clip = facts.clip
        catalogue = self._services.catalogue
        concerned = list(catalogue.grants.latest_of_camera(clip.acquisition.camera_id))
        own = catalogue.grants.get(clip.acquisition.grant_id)
        if all(signed.grant.grant_id != own.grant.grant_id for signed in concerned):
            concerned.append(own)
        standings = {signed.grant.grant_id: self._standing(signed, facts) for signed in concerned}
        if Standing.COVERS in standings.values():
            return None, ""
        if Standing.UNSIGNED in standings.values():
            return None, "a grant of its camera does not carry our signature: nothing is deleted on its word"
        return self._by_own_grant(own, standings[own.grant.grant_id]), ""

    def _by_own_grant(self, own: SignedGrant, standing: Standing) -> Decision | None:
        """What became of the grant under which it was fetched; no other is in force."""
        authority = f"{own.grant.grant_id} v{own.grant.version}"
        if standing is Standing.REVOKED:
            return Decision(DisposalReason.REVOKED, authority)
        if standing is Standing.OUTSIDE:
            return Decision(DisposalReason.NARROWED, authority)
        patience = timedelta(days=self._services.settings.retention.after_grant_days)
        if self._now < own.grant.expires_at + patience:
            return None
        return Decision(DisposalReason.GRANT_ENDED, authority)

    def _standing(self, signed: SignedGrant, facts: ClipFacts) -> Standing:
        clip = facts.clip
        camera_id, at = clip.acquisition.camera_id, clip.clock.starts_at
        return standing_of(signed, camera_id, at, self._now, self._services.keys)


def disclosures_of(services: Services, facts: ClipFacts) -> tuple[str, ...]:
    """Copies that were handed out, in words: packages, then what else the custody log says left the house."""
    found: dict[str, None] = {}
    for package in services.catalogue.disclosures.of_acquisitions([facts.clip.acquisition.acquisition_id]):
        found[package_words(package)] = None
    for subject in (facts.clip.item.digest, *facts.highlight_ids):
        for record in services.catalogue.custody.records(subject=subject):
            entry = record.entry
            if entry.action is CustodyAction.DISSEMINATED and "package" not in entry.detail:
                what = entry.detail.get("as", "copy")
                found[f"{entry.at:%Y-%m-%d %H:%M} UTC: {what} with {subject} by {entry.agent}"] = None
    return tuple(found)


def package_words(package: Disclosure) -> str:
    """A package that left the house, in words for a receipt."""
    words = f"package {package.package_id} to {package.recipient}, for {package.purpose}"
    return f"{package.at:%Y-%m-%d %H:%M} UTC: {words}, by {package.agent}"
