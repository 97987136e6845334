"""Whether an acquisition goes now: holds first, then grants, then time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pipeline.consent.standing import Standing, standing_of, standing_of_part
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Request, SignedGrant
from pipeline.domain.evidence import CustodyAction, Disclosure
from pipeline.domain.retention import ClipFacts, Decision, DisposalReason
from pipeline.night.agents_shown import agent_in_words
from pipeline.night.services import Services
from pipeline.retention.due import due_of
from pipeline.retention.shared_part import shared_in_words

_PORTION = 500


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
    """Judges acquisitions at one moment; grants are read anew for each (but see ``at_a_glance``)."""

    def __init__(self, services: Services, now: datetime) -> None:
        self._services = services
        self._now = now
        self._grant: Callable[[str], SignedGrant] = services.catalogue.grants.get
        self._grants_of: Callable[[str], Sequence[SignedGrant]] = services.catalogue.grants.latest_of_camera

    def at_a_glance(self) -> "Judge":
        """The same judge for a first look over many acquisitions: each grant is read once for all of them.

        What it lets go is judged again within the transaction that deletes it. What it keeps and a resident takes back
        meanwhile goes with that resident's own call.
        """
        glancing = Judge(self._services, self._now)
        glancing._grant, glancing._grants_of = cache(self._grant), cache(self._grants_of)
        return glancing

    def goes(self, facts: ClipFacts) -> Decision | None:
        """The decision to carry out; None when the acquisition stays."""
        found = self.verdict(facts).goes
        if found is None:
            return None
        shared = shared_in_words(self._services, facts.clip)
        return Decision(found.reason, found.authority, disclosures_of(self._services, facts), shared)

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

    def lets_be_known(self, camera_id: str, at: datetime) -> bool:
        """Whether it may be kept that a camera recorded at a moment (UTC): a grant covers it, or one is not signed."""
        concerned = self._grants_of(camera_id)
        said = (standing_of(one, camera_id, at, self._now, self._services.keys) for one in concerned)
        return not {Standing.COVERS, Standing.UNSIGNED}.isdisjoint(said)

    def covering(self, facts: ClipFacts) -> tuple[str, ...]:
        """The grants that let an acquisition be kept, as custody records name them; empty when none does."""
        _, concerned = self.concerned(facts.clip)
        covering = [one.grant for one in concerned if self._standing(one, facts) is Standing.COVERS]
        return tuple(f"{grant.grant_id} v{grant.version}" for grant in covering)

    def _by_grants(self, facts: ClipFacts) -> tuple[Decision | None, str]:
        """Nothing while one grant covers it; otherwise what became of the grant under which it was fetched."""
        own, concerned = self.concerned(facts.clip)
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
        if self.is_patient_with(own):
            return None
        return Decision(DisposalReason.GRANT_ENDED, authority)

    def is_patient_with(self, signed: SignedGrant) -> bool:
        """Whether what a grant covered is kept although it has ended, or it has not."""
        patience = timedelta(days=self._services.settings.retention.after_grant_days)
        return self._now < signed.grant.expires_at + patience

    def concerned(self, clip: AcquiredClip) -> tuple[SignedGrant, list[SignedGrant]]:
        """The grant under which a clip was fetched, and all that may keep it, that one among them.

        Those are of the camera, and by whoever shared this: what its next owner signs keeps nothing of theirs.
        """
        own = self._grant(clip.acquisition.grant_id)
        of_camera = self._grants_of(clip.acquisition.camera_id)
        found = [one for one in of_camera if one.grant.resident_id == own.grant.resident_id]
        is_among = any(one.grant.grant_id == own.grant.grant_id for one in found)
        return own, found if is_among else [*found, own]

    def standing_of_part(self, signed: SignedGrant, asked: Request) -> Standing:
        """What one grant says of an event, or of a stretch of footage."""
        return standing_of_part(signed, asked, self._now, self._services.keys)

    def _standing(self, signed: SignedGrant, facts: ClipFacts) -> Standing:
        clip = facts.clip
        camera_id, at = clip.acquisition.camera_id, clip.clock.starts_at
        return standing_of(signed, camera_id, at, self._now, self._services.keys)


def facts_of(services: Services, clips: Sequence[AcquiredClip]) -> Iterator[ClipFacts]:
    """What decides how long each of these acquisitions is kept, in the order given, read in portions."""
    for start in range(0, len(clips), _PORTION):
        yield from services.catalogue.disposals.facts(clips[start : start + _PORTION])


def disclosures_of(services: Services, facts: ClipFacts) -> tuple[str, ...]:
    """Copies that were handed out, in words: packages, then what else the custody log says left the house."""
    found: dict[str, None] = {}
    for package in services.catalogue.disclosures.of_acquisitions([facts.clip.acquisition.acquisition_id]):
        found[package_words(services, package)] = None
    for subject in (facts.clip.item.digest, *facts.highlight_ids):
        for record in services.catalogue.custody.records(subject=subject):
            entry = record.entry
            if entry.action is CustodyAction.DISSEMINATED and "package" not in entry.detail:
                what = entry.detail.get("as", "copy")
                who = agent_in_words(services, entry.agent)
                found[f"{entry.at:%Y-%m-%d %H:%M} UTC: {what} with {subject} by {who}"] = None
    return tuple(found)


def package_words(services: Services, package: Disclosure) -> str:
    """A package that left the house, in words for a receipt."""
    words = f"package {package.package_id} to {package.recipient}, for {package.purpose}"
    return f"{package.at:%Y-%m-%d %H:%M} UTC: {words}, by {agent_in_words(services, package.agent)}"


def forget_listed(services: Services, judge: Judge, camera_ids: Iterable[str]) -> None:
    """Forgets why cameras recorded where nothing was acquired of it and no grant covers the moment any more."""
    for camera_id in camera_ids:
        services.catalogue.triggers.forget(camera_id, lambda one: judge.lets_be_known(one.camera_id, one.at))
