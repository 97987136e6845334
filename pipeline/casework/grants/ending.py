"""What revoking would do, told before it is done: what goes, what stays, and what cannot be recalled any more."""

from dataclasses import dataclass

from pipeline.night.services import Services
from pipeline.retention.judging import Judge
from pipeline.retention.receipt import make_receipt


@dataclass(frozen=True, slots=True)
class Ending:
    """What would come of it, at this moment.

    Attributes:
        goes: How many recordings would be deleted, with all that was made of them.
        covered: How many stay, since another grant covers them.
        held: How many a hold keeps that is not sealed; of sealed ones nothing is said here either.
        disclosed: Copies that were handed out, in words; they cannot be recalled.
    """

    goes: int
    covered: int
    held: int
    disclosed: tuple[str, ...]


def what_revoking_does(services: Services, grant_id: str) -> Ending:
    """Counts what revoking a grant would delete; recordings that a sealed hold keeps are counted as if they went.

    Raises:
        RecordNotFoundError: There is no such grant.
    """
    catalogue = services.catalogue
    cameras = {name for signed in catalogue.grants.history(grant_id) for name in signed.grant.camera_ids}
    clips = [one for one in catalogue.clips.list(tuple(sorted(cameras))) if one.acquisition.grant_id == grant_id]
    judge = Judge(services, services.now())
    goes = covered = held = 0
    for facts in catalogue.disposals.facts(clips):
        others = [name for name in judge.covering(facts) if not name.startswith(f"{grant_id} ")]
        if any(not hold.is_sealed for hold in facts.holds):
            held += 1
        elif others:
            covered += 1
        elif not facts.holds or judge.verdict(facts).decision is None:  # else it went already, for all that may be said
            goes += 1
    return Ending(goes, covered, held, make_receipt(services, grant_id).receipt.disclosed)
