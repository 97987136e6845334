"""Every error of the library, drawn once.

::

    PipelineError
      ConsentError
        ConsentMissingError
        ConsentOutOfScopeError
        ConsentPausedError
        ConsentRevokedError
        GrantOverError
        GrantSignatureError
        GrantWiderError
      AcquisitionError
        AccountRefusedError
        AccountUnknownError
        AccountWriteError
        CameraUnknownError
        NameTakenError
        SourceUnreachableError
        TriggerFormatError
        TwoFactorNeededError
      EvidenceError
        BackupError
        CheckpointError
        CustodyChainError
        DisposalLeftError
        EvidenceNotFoundError
          EvidenceDisposedError
        FixityError
        FixitySurveyError
        HoldError
        PackageError
        ProofError
        RestoreRunningError
        RestoreUnfinishedError
        SealError
        StorageError
      CaseworkError
        ApprovalError
        ApprovalMissingError
        AreasError
        FootageRequestError
        FootageRequestRefusedError
        IncidentError
        JobInterruptedError
        KeptNotAttachedError
        NotAssignedError
        OutsideAreasError
        ReportDecidedError
        ReportFileError
        TransparencyError
        UploadRefusedError
      CatalogueError
        CatalogueLockedError
        CursorError
        RecordNotFoundError
      VideoError
        CutError
        DecoderDiedError
        FfmpegError
        FfmpegMissingError
        RedactionError
        UnreadableClipError
        UnreadablePictureError
        WorkerDiedError
      DeskError
        AgentNameTakenError
        AgentUnknownError
        ForgedRequestError
        InputRefusedError
        LastAdministratorError
        LinkEndedError
        LoginForgottenError
        MatterNeededError
        NotComparedError
        NotHereError
        NotSignedInError
        ProtectedTraitError
        RequestTooLargeError
        ResidentTakenError
        ResidentUnknownError
        SearchNameTakenError
        SignInPausedError
        SignInRefusedError
        SignatureRefusedError
        TagRefusedError
        TooOftenError
        UploadMismatchError
      DetectionError
        ModelUnavailableError
        WeightsMismatchError
      EvaluationError
      MailError
      NightError
        NightAlreadyRunningError
        NightDeadlineError
        NightServerError
        NightUnansweredError
      PlaceServiceError
      ReportError
      SettingsError
      UnexpectedFaultError

The first level says whose fault it is. Every error carries its facts as attributes, a message for a person, and a
``remedy``: what the reader can do about it. ``retryable`` says whether the same call may succeed later, unchanged.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar


class PipelineError(Exception):
    """Anything that the pipeline refuses or fails to do, with what can be done about it."""

    retryable: ClassVar[bool] = False
    remedy: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """Comes back from a worker process with its message and its facts, without building the message anew."""
        return _restored, (type(self), self.args, dict(self.__dict__))


def _restored(kind: type["PipelineError"], args: tuple[Any, ...], facts: dict[str, Any]) -> "PipelineError":
    error = kind.__new__(kind, *args)
    error.__dict__.update(facts)
    return error


class ConsentError(PipelineError):
    """No live grant allows what was asked."""

    remedy = "see `doorstep grant list`; a resident adds a grant with `doorstep grant add`"


class ConsentMissingError(ConsentError):
    """There is no grant for this camera at all."""

    def __init__(self, camera_id: str, use: str) -> None:
        super().__init__(f"no grant covers camera {camera_id} for {use}")
        self.camera_id = camera_id
        self.use = use


class ConsentOutOfScopeError(ConsentError):
    """A grant exists, and what was asked lies outside its words (kind, hours, purpose, recipient, dates, sound)."""

    def __init__(self, camera_id: str, grant_id: str, reason: str) -> None:
        super().__init__(f"grant {grant_id} does not cover this of camera {camera_id}: {reason}")
        self.camera_id = camera_id
        self.grant_id = grant_id
        self.reason = reason


class ConsentPausedError(ConsentError):
    """The resident paused the grant; it may go on."""

    remedy = "wait until the resident lets the grant go on"

    def __init__(self, grant_id: str, since: str) -> None:
        super().__init__(f"grant {grant_id} is paused since {since}")
        self.grant_id = grant_id
        self.since = since


class ConsentRevokedError(ConsentError):
    """The grant was revoked."""

    def __init__(self, grant_id: str, revoked_at: str) -> None:
        super().__init__(f"grant {grant_id} was revoked at {revoked_at}")
        self.grant_id = grant_id
        self.revoked_at = revoked_at


class GrantOverError(ConsentError):
    """A grant that is revoked or has ended is not changed any more."""

    remedy = "sign a new grant; the old one and its receipt stay readable"

    def __init__(self, grant_id: str, why: str) -> None:
        super().__init__(f"grant {grant_id} {why}, and nothing can follow it")
        self.grant_id = grant_id


class GrantSignatureError(ConsentError):
    """A stored grant does not carry our signature over its words."""

    remedy = (
        "the stored grant was changed outside Doorstep: restore the catalogue from a backup, or ask for a new grant"
    )

    def __init__(self, grant_id: str, version: int) -> None:
        super().__init__(f"grant {grant_id} version {version} does not carry a valid signature")
        self.grant_id = grant_id
        self.version = version


class GrantWiderError(ConsentError):
    """What was to narrow a grant would allow more."""

    remedy = "leave these parts as they are; what allows more is signed as a grant of its own"

    def __init__(self, grant_id: str, parts: Sequence[str]) -> None:
        super().__init__(f"this would allow more than {grant_id} does: {', '.join(parts)}")
        self.grant_id = grant_id
        self.parts = tuple(parts)


class AcquisitionError(PipelineError):
    """A source did not give what was asked of it."""


class AccountRefusedError(AcquisitionError):
    """The source refuses the account: wrong password or code, or a token that is no longer valid."""

    remedy = "link the account again with `doorstep ring link`"

    def __init__(self, account: str, detail: str) -> None:
        super().__init__(f"the source refuses account {account}: {detail}")
        self.account = account
        self.detail = detail


class AccountUnknownError(AcquisitionError):
    """No account of this name is linked."""

    remedy = "see `doorstep ring accounts`; link one with `doorstep ring link`"

    def __init__(self, account: str) -> None:
        super().__init__(f"no account {account} is linked")
        self.account = account


class AccountWriteError(AcquisitionError):
    """Something was about to change a resident's account at its source; it was stopped before it left."""

    remedy = "nothing was sent; this is a fault of Doorstep: please report it"

    def __init__(self, method: str, target: str) -> None:
        super().__init__(f"{method} {target} could change the account and was not sent")
        self.method = method
        self.target = target


class CameraUnknownError(AcquisitionError):
    """No camera of this name is known."""

    remedy = "see `doorstep ring cameras`"

    def __init__(self, camera_id: str) -> None:
        super().__init__(f"no camera {camera_id} is known")
        self.camera_id = camera_id


class NameTakenError(AcquisitionError):
    """A folder or an account is to be linked that another resident has linked."""

    remedy = "of a folder choose another --name; an account is unlinked by whoever linked it, and then linked anew"

    def __init__(self, account: str) -> None:
        super().__init__(f"{account} is another resident's: nothing was changed")
        self.account = account


class SourceUnreachableError(AcquisitionError):
    """The source did not answer, or answered with a fault of its own."""

    retryable = True
    remedy = "nothing was lost; the next night asks again"

    def __init__(self, source: str, detail: str) -> None:
        super().__init__(f"{source} did not answer: {detail}")
        self.source = source
        self.detail = detail


class TriggerFormatError(AcquisitionError):
    """A history entry of the source cannot be read as a camera trigger."""

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"history entry has an unreadable {field}: {value!r}")
        self.field = field
        self.value = value


class TwoFactorNeededError(AcquisitionError):
    """The account wants a two-factor code."""

    remedy = "run `doorstep ring link` again with the code that was sent to the account's owner (--code)"

    def __init__(self, account: str) -> None:
        super().__init__(f"account {account} needs a two-factor code")
        self.account = account


class EvidenceError(PipelineError):
    """The store or the custody log is not as it must be."""


class CheckpointError(EvidenceError):
    """A checkpoint cannot be read, or no key of ours signed it."""

    remedy = "compare it with another copy; `doorstep custody key` prints the key that signs ours"

    def __init__(self, detail: str) -> None:
        super().__init__(f"this is no checkpoint of ours: {detail}")
        self.detail = detail


class CustodyChainError(EvidenceError):
    """The custody log does not hold together at one record."""

    remedy = "the log was changed or cut: compare it with a checkpoint kept elsewhere, and restore from a backup"

    def __init__(self, index: int, expected: str, found: str) -> None:
        super().__init__(f"custody record {index}: expected {expected}, found {found}")
        self.index = index
        self.expected = expected
        self.found = found


class EvidenceNotFoundError(EvidenceError):
    """The store holds no object of this digest."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"no object {digest} in the store")
        self.digest = digest


class EvidenceDisposedError(EvidenceNotFoundError):
    """What was asked for was disposed of; a signed tombstone says when, why and on what authority."""

    remedy = "it is gone for good; `doorstep retention tombstone ID` shows what stays of it"

    def __init__(self, digest: str, tombstone_id: str) -> None:
        PipelineError.__init__(self, f"{digest} was disposed of: see tombstone {tombstone_id}")
        self.digest = digest
        self.tombstone_id = tombstone_id


class FixityError(EvidenceError):
    """Stored bytes no longer have the digest that names them."""

    remedy = "the object was damaged: restore it from a backup; its custody records stay"

    def __init__(self, digest: str, expected: str, found: str) -> None:
        super().__init__(f"object {digest} reads as {found}, expected {expected}")
        self.digest = digest
        self.expected = expected
        self.found = found


class SealError(EvidenceError):
    """A copy could not be given its C2PA manifest; it was not shared without one in its place."""

    remedy = "see `doorstep doctor`; `--no-seal` shares the copy without a manifest, and the custody log says so"

    def __init__(self, detail: str) -> None:
        super().__init__(f"the copy could not be sealed: {detail}")
        self.detail = detail


class DisposalLeftError(EvidenceError):
    """Something that must be deleted could not be yet; nothing reads it any more, and it is on the work list."""

    retryable = True
    remedy = "mend what the message names, then run `doorstep retention sweep`: it finishes what is left"

    def __init__(self, left: Sequence[str]) -> None:
        super().__init__(f"{len(left)} deletions are left to do: {'; '.join(left[:5])}")
        self.left = tuple(left)


class FixitySurveyError(EvidenceError):
    """A fixity survey found objects that are missing or changed."""

    remedy = "restore the named objects from a backup; `doorstep custody verify` names them all"

    def __init__(self, wrong: Sequence[str]) -> None:
        super().__init__(f"{len(wrong)} stored objects are missing or changed: {', '.join(wrong[:5])}")
        self.wrong = tuple(wrong)


class BackupError(EvidenceError):
    """A backup cannot be made or restored as asked."""

    remedy = "nothing was changed where Doorstep keeps its evidence; read the message and choose another place"


class RestoreRunningError(EvidenceError):
    """Another process restores to the same place; nothing of this restore was begun.

    Attributes:
        place: The folder that it holds, or the database; no address.
    """

    remedy = "let it come to its end and see what it says; a restore that was killed holds nothing, and is begun anew"

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(f"another restore is at work in {place}")


class RestoreUnfinishedError(EvidenceError):
    """A restore into this database was begun and did not come to its end."""

    remedy = "run `doorstep restore` with the backup again: it begins anew, and nothing that was revoked revives"

    def __init__(self) -> None:
        super().__init__("a restore into this database was begun and not finished: nobody works with it until it is")


class HoldError(EvidenceError):
    """A hold cannot be placed or lifted as asked."""

    remedy = "see `doorstep hold list`"


class ProofError(EvidenceError):
    """A Merkle proof does not prove what it is said to prove."""

    remedy = "the log or the proof was changed: `doorstep custody verify` says where, if it was the log"

    def __init__(self, claim: str) -> None:
        super().__init__(f"not proved: {claim}")
        self.claim = claim


class PackageError(EvidenceError):
    """A package cannot be made of an incident, or what was given is no package."""

    remedy = "ask whoever handed it out for the package again, and compare the fingerprint; see docs/package.md"

    def __init__(self, package: str, detail: str, remedy: str = "") -> None:
        super().__init__(f"package {package}: {detail}")
        self.package = package
        self.detail = detail
        self.remedy = remedy or self.remedy


class StorageError(EvidenceError):
    """Bytes could not be written or read: disk full, no permission, or the object server is away."""

    retryable = True
    remedy = "free space or mend access to the store, then run the same command again: nothing was half-written"

    def __init__(self, action: str, detail: str) -> None:
        super().__init__(f"the store could not {action}: {detail}")
        self.action = action
        self.detail = detail


class CaseworkError(PipelineError):
    """What a person asks of an incident cannot be done."""


class IncidentError(CaseworkError):
    """An incident is not in a state in which this can be done to it."""

    remedy = (
        "see `doorstep incident show ID` for where it stands; a closed one is opened with `doorstep incident reopen`"
    )

    def __init__(self, incident_id: str, detail: str) -> None:
        super().__init__(f"incident {incident_id}: {detail}")
        self.incident_id = incident_id
        self.detail = detail


class NotAssignedError(CaseworkError):
    """Words about people are read only by those who work on the incident, supervisors and records officers."""

    remedy = "ask to be assigned to it: `doorstep incident assign ID AGENT`"

    def __init__(self, incident_id: str, agent: str) -> None:
        super().__init__(f"{agent} is not assigned to incident {incident_id}")
        self.incident_id = incident_id
        self.agent = agent


class ApprovalError(CaseworkError):
    """An approval cannot be asked for, given or refused as asked."""

    remedy = "whoever asks cannot decide: another person approves with `doorstep incident approve ID`"

    def __init__(self, incident_id: str, detail: str) -> None:
        super().__init__(f"approval of incident {incident_id}: {detail}")
        self.incident_id = incident_id
        self.detail = detail


class ApprovalMissingError(CaseworkError):
    """An incident may not leave the house before a second person approved what is in it."""

    remedy = (
        "ask with `doorstep incident ask ID`, and have another person approve; where nobody else works, "
        "DOORSTEP_INCIDENTS__EXPORT_NEEDS_APPROVAL=false"
    )

    def __init__(self, incident_id: str, state: str) -> None:
        super().__init__(f"incident {incident_id} may not be handed out: its approval is {state}")
        self.incident_id = incident_id
        self.state = state


class TransparencyError(CaseworkError):
    """A transparency report cannot be made or published as it was asked for."""

    remedy = "choose whole months or quarters that are over and that no published report is about"

    def __init__(self, detail: str, remedy: str) -> None:
        self.detail = detail
        self.remedy = remedy
        super().__init__(detail)


class FootageRequestError(CaseworkError):
    """A request for footage is not in a state in which this can be done to it."""

    remedy = "see `doorstep request show ID` for where it stands"

    def __init__(self, request_id: str, detail: str) -> None:
        super().__init__(f"request {request_id}: {detail}")
        self.request_id = request_id
        self.detail = detail


class FootageRequestRefusedError(CaseworkError):
    """A request for footage breaks rules that nobody can bend; that it was refused is public."""

    remedy = "mend what each rule names, and send it again; docs/requests.md has an example of each"

    def __init__(self, request_id: str, rules: Sequence[str], found: Sequence[str]) -> None:
        super().__init__(f"request {request_id} is refused ({', '.join(rules)}): {' '.join(found)}")
        self.request_id = request_id
        self.rules = tuple(rules)
        self.found = tuple(found)


class KeptNotAttachedError(CaseworkError):
    """A file that was brought is kept, and nothing of it is attached to the incident; the message says why.

    Attributes:
        name: The uploader's own for it.
        acquisition_id: As what it is kept.
        detail: Why, and which seconds of it are granted, in words.
    """

    remedy = "cut the seconds that are granted, on the incident's page of clips or with `doorstep incident cut`"

    def __init__(self, name: str, acquisition_id: str, detail: str) -> None:
        super().__init__(f"{name} is kept as {acquisition_id}, and not attached: {detail}")
        self.name = name
        self.acquisition_id = acquisition_id
        self.detail = detail


class UploadRefusedError(CaseworkError):
    """A file that was brought with an incident is not taken; nothing of it is kept."""

    remedy = "a file is taken for a shared folder of its resident, under a grant: see docs/incidents.md"

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name} is not taken: {detail}")
        self.name = name
        self.detail = detail


class AreasError(CaseworkError):
    """The file of the agency's areas is missing, or cannot be used as it is."""

    remedy = "mend what the message names, then try `doorstep areas check FILE`; docs/neighbours.md has an example"

    def __init__(self, file: str, detail: str) -> None:
        super().__init__(f"areas in {file}: {detail}")
        self.file = file
        self.detail = detail


class OutsideAreasError(CaseworkError):
    """A place lies in no area of this agency; nothing that was sent is kept."""

    remedy = "nothing was kept; turn to the police of that place, or whom the message names"

    def __init__(self, agency: str, number: str) -> None:
        whom = f"turn to {agency}" + (f": {number}" if number else "") if agency else "turn to the police of that place"
        super().__init__("this place lies outside the areas for which reports are taken here")
        self.agency = agency
        self.number = number
        self.remedy = f"nothing was kept; {whom}"


class ReportDecidedError(CaseworkError):
    """A report is not in a state in which this can be done to it."""

    remedy = "see `doorstep report show ID`, or the receipt, for where it stands"

    def __init__(self, report_id: str, detail: str) -> None:
        super().__init__(f"report {report_id}: {detail}")
        self.report_id = report_id
        self.detail = detail


class ReportFileError(CaseworkError):
    """A file that was sent with a report is not taken; nothing of it is kept."""

    remedy = "send photos as JPEG or PNG, and videos as MP4, MOV, MKV, WebM or AVI; the report itself is kept"

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name} is not taken: {detail}")
        self.name = name
        self.detail = detail


class JobInterruptedError(CaseworkError):
    """The program ended in the middle of a job, more than once; what it had half made was removed."""

    retryable = True
    remedy = "start it again; if it ends in the same place again, see `doorstep doctor` for memory and disk"

    def __init__(self, kind: str, stage: str) -> None:
        super().__init__(f"the program ended in the middle of {kind}" + (f", while {stage}" if stage else ""))
        self.kind = kind
        self.stage = stage


class CatalogueError(PipelineError):
    """The database refuses or lacks something."""


class CatalogueLockedError(CatalogueError):
    """Another process holds the database longer than we wait, or its server is away."""

    retryable = True
    remedy = "another process is writing, or the database server is away; try again in a minute"

    def __init__(self, detail: str) -> None:
        super().__init__(f"the database does not answer: {detail}")
        self.detail = detail


class CursorError(CatalogueError):
    """What is given as the place where a page ended is none, or belongs to another search."""

    remedy = "begin again with the first page: leave the cursor away"

    def __init__(self) -> None:
        super().__init__("the cursor is not one of this search")


class RecordNotFoundError(CatalogueError):
    """The catalogue holds no such row."""

    _where: ClassVar[dict[str, str]] = {
        "grant": "see `doorstep grant list`",
        "incident": "see `doorstep incident list`",
        "highlight": "see the column of highlights in `doorstep search`",
        "package": "see `doorstep incident packages`",
        "event": "see the last column of `doorstep search`",
        "clip in this scope": "name it by its SHA-256, or the first eight digits, as `doorstep search --json` gives it",
        "camera": "see `doorstep ring cameras`",
        "hold": "see `doorstep hold list --all`",
        "tombstone": "see `doorstep grant receipt ID`: it names the tombstone of everything that was deleted",
        "attachment": "see `doorstep incident show ID`",
        "note": "see `doorstep incident people list ID`",
        "report": "see `doorstep report list`; what went leaves a tombstone alone",
        "job": "see `doorstep incident show ID`",
        "custody record": "see `doorstep custody log` for numbers; a checkpoint covers what was written before it",
    }

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"no {kind} {identifier}")
        self.kind = kind
        self.identifier = identifier
        self.remedy = self._where.get(kind, "")


class VideoError(PipelineError):
    """A clip cannot be read, or ffmpeg cannot do what was asked."""


class CutError(VideoError):
    """What a person wants to cut is no span of the clip."""

    remedy = "give seconds from the clip's first frame; the clip's length stands in the message"

    def __init__(self, clip: str, detail: str) -> None:
        super().__init__(f"clip {clip} cannot be cut so: {detail}")
        self.clip = clip
        self.detail = detail


class DecoderDiedError(VideoError):
    """The decoding child was ended by a limit or a crash; the clip may be damaged or hostile."""

    remedy = "the original is kept as received; look at it by hand, or raise the limit under DOORSTEP_SAMPLING__"

    def __init__(self, clip: str, detail: str) -> None:
        super().__init__(f"decoding {clip} ended early: {detail}")
        self.clip = clip
        self.detail = detail


class FfmpegError(VideoError):
    """ffmpeg ended with a failure."""

    def __init__(self, argv: Sequence[str], returncode: int, stderr_tail: str) -> None:
        super().__init__(f"ffmpeg ended with {returncode}: {stderr_tail.strip()[-400:]}")
        self.argv = tuple(argv)
        self.returncode = returncode
        self.stderr_tail = stderr_tail


class FfmpegMissingError(VideoError):
    """There is no ffmpeg on this machine."""

    remedy = "install ffmpeg from the system, or `pip install imageio-ffmpeg`; `doorstep doctor` says what is found"

    def __init__(self) -> None:
        super().__init__("no ffmpeg found on PATH or in a wheel")


class RedactionError(VideoError):
    """A shared copy cannot be made as it was asked for; none was made in its place."""

    remedy = "make the copy without --show first: it lists its masks by name"

    def __init__(self, highlight: str, detail: str) -> None:
        super().__init__(f"{highlight} cannot be redacted: {detail}")
        self.highlight = highlight
        self.detail = detail


class UnreadableClipError(VideoError):
    """The file is no video that we can read."""

    remedy = "the original is kept as received; check that it is an MP4, MOV, AVI, MKV or WebM video"

    def __init__(self, clip: str, detail: str) -> None:
        super().__init__(f"{clip} cannot be read as a video: {detail}")
        self.clip = clip
        self.detail = detail


class UnreadablePictureError(VideoError):
    """A picture that somebody brought cannot be opened; nothing of it was kept."""

    remedy = "bring a JPEG or PNG of at most 20 MB"

    def __init__(self, detail: str) -> None:
        super().__init__(f"the picture cannot be opened: {detail}")
        self.detail = detail


class WorkerDiedError(VideoError):
    """The process that analysed or cut a clip ended from outside, most often for want of memory."""

    retryable = True
    remedy = "the original is kept as received; see whether the machine lacks memory, then run the night again"

    def __init__(self, work: str) -> None:
        super().__init__(f"the process ended in the middle of {work}")
        self.work = work


class DeskError(PipelineError):
    """What a person or a program asked of the desk is not done."""


class AgentNameTakenError(DeskError):
    """Another agent has this name, or one that differs only in capitals."""

    remedy = "choose another name; `doorstep user list` shows those that are taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"the name {name} is taken")
        self.name = name


class AgentUnknownError(DeskError):
    """There is no agent of this name."""

    remedy = "see `doorstep user list`; add one with `doorstep user add`"

    def __init__(self, name: str) -> None:
        super().__init__(f"no agent {name}")
        self.name = name


class ForgedRequestError(DeskError):
    """A request that changes something did not come from a page of the desk, as far as can be told."""

    remedy = "nothing was changed; reload the page and try again, from the address at which the desk is served"

    def __init__(self, reason: str) -> None:
        super().__init__(f"this request does not come from the desk: {reason}")
        self.reason = reason


class InputRefusedError(DeskError):
    """Something that was filled in cannot be taken as it is."""

    remedy = "nothing was changed; mend what the message names, and send it again"

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
        self.detail = detail


class LastAdministratorError(DeskError):
    """Nobody would be left who may add agents."""

    remedy = "nothing was changed; give another agent the role of administrator first"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is the last administrator")
        self.name = name


class LinkEndedError(DeskError):
    """A link to sign in was used already, is too old, or never was one."""

    remedy = "ask for another link; the newest mail has the one that is good"

    def __init__(self) -> None:
        super().__init__("this link does not sign in any more")


class LoginForgottenError(DeskError):
    """Between a password and its code too much time went by, or the page is of another session."""

    remedy = "begin again with user name and password; neither was kept"

    def __init__(self) -> None:
        super().__init__("the user name and password that were typed are not held any more")


class MatterNeededError(DeskError):
    """Evidence is shown only to somebody who has said on what matter they look."""

    remedy = "begin a matter at /matter; a program names it in the headers Doorstep-Purpose and Doorstep-Recipient"

    def __init__(self) -> None:
        super().__init__("say first for what purpose and which case you look")


class NotHereError(DeskError):
    """There is no such page or thing, or none that this agent may see; nothing tells the two apart."""

    remedy = "look for it from the page that named it; what a role or a grant does not reach is not shown at all"

    def __init__(self) -> None:
        super().__init__("there is nothing here that you can see")


class NotSignedInError(DeskError):
    """No session, or one that has ended."""

    remedy = "sign in; a program sends a token of `doorstep user token` as `Authorization: Bearer`"

    def __init__(self) -> None:
        super().__init__("sign in first")


class RequestTooLargeError(DeskError):
    """More was sent than the desk takes."""

    remedy = "nothing was kept; send less, or raise the limit under DOORSTEP_WEB__"

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes were sent")
        self.limit = limit


class SignInPausedError(DeskError):
    """Too many tries failed; the next is looked at after a pause."""

    retryable = True
    remedy = "wait, then try again; from a browser that has signed in before others' failures do not count"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many tries: the next is looked at in {seconds} seconds")
        self.seconds = seconds


class SignInRefusedError(DeskError):
    """Name, password or code is wrong, or the account is disabled; which of them is not said."""

    remedy = "try again; an administrator gives a new password with `doorstep user reset`"

    def __init__(self) -> None:
        super().__init__("that was not right")


class NotComparedError(DeskError):
    """What was given to find similar things is never compared, or shows nothing that can be."""

    remedy = "give a picture of a thing or a vehicle, or an event with one; clothing is searched for by its colours"

    def __init__(self, reason: str) -> None:
        super().__init__(f"this is not compared: {reason}")
        self.reason = reason


class DetectionError(PipelineError):
    """A model cannot be used."""


class ModelUnavailableError(DetectionError):
    """The model is named in the manifest and its files, or what runs it, are not here."""

    remedy = "see `doorstep models list`; fetch it with `doorstep models pull NAME`"

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"model {name} cannot be used: {detail}")
        self.name = name
        self.detail = detail


class WeightsMismatchError(DetectionError):
    """Weights on disk are not the ones that the manifest names."""

    remedy = "remove the file and fetch it again with `doorstep models pull NAME`"

    def __init__(self, name: str, expected: str, found: str) -> None:
        super().__init__(f"weights {name} read as {found}, the manifest says {expected}")
        self.name = name
        self.expected = expected
        self.found = found


class EvaluationError(PipelineError):
    """A truth file cannot be read, or names what is not there."""

    remedy = "the folder needs a truth.json as docs/evaluation.md describes"

    def __init__(self, path: str, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class ProtectedTraitError(DeskError):
    """A search that describes people by a protected trait. It names the trait, and never the words that were typed."""

    remedy = (
        "search for what was done, worn or carried, and where and when: `doorstep search person black jacket at Front "
        "Door last night`; docs/search.md says what is refused and why"
    )

    def __init__(self, traits: Sequence[str]) -> None:
        super().__init__(
            f"people are not searched for by {', '.join(traits)}: no machine tells that, and a lead that rests on it "
            "harms whoever looks like it"
        )
        self.traits = tuple(traits)


class ResidentTakenError(DeskError):
    """A resident's id or mail address has an account already."""

    remedy = "nothing was changed; see `doorstep resident list`, and `doorstep resident link` to sign in"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} has an account already")
        self.what = what


class ResidentUnknownError(DeskError):
    """No resident of this id or address has an account."""

    remedy = "see `doorstep resident list`; add one with `doorstep resident add`"

    def __init__(self, what: str) -> None:
        super().__init__(f"no resident's account for {what}")
        self.what = what


class SearchNameTakenError(DeskError):
    """The agent has a saved search of this name."""

    remedy = "take another name, or delete the old one: `doorstep search --delete NAME`"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is a saved search of this name already: {name}")
        self.name = name


class SignatureRefusedError(DeskError):
    """A program called without the signature of whom it says it is."""

    remedy = "compare DOORSTEP_PARTNER__SIGNING_KEY with the key of the app in Ring's developer console"

    def __init__(self) -> None:
        super().__init__("the request does not carry the signature that it needs")


class TagRefusedError(DeskError):
    """A decision about an event that cannot be kept."""

    remedy = "confirm, reject, or correct with another --kind, or with --start and --end inside the clip"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the tag was not kept: {reason}")
        self.reason = reason


class TooOftenError(DeskError):
    """More came from one address than is looked at in an hour."""

    retryable = True
    remedy = "nothing was kept of this one; wait as long as the message says"

    def __init__(self, what: str, seconds: int) -> None:
        super().__init__(f"too many {what} from this address: the next is taken in {seconds} seconds")
        self.what = what
        self.seconds = seconds


class UploadMismatchError(DeskError):
    """A piece of an upload does not continue what is here, or arrived damaged; what is here stays."""

    remedy = "ask with HEAD how much is here, and go on from there"

    def __init__(self, detail: str, offset: int, is_damaged: bool = False) -> None:
        super().__init__(f"the upload does not go on so: {detail}")
        self.detail = detail
        self.offset = offset
        self.is_damaged = is_damaged


class NightError(PipelineError):
    """The night cannot go on."""


class NightAlreadyRunningError(NightError):
    """Another process runs a night and its lease is alive."""

    retryable = True
    remedy = "wait for it; if its process died, its lease runs out by itself within minutes"

    def __init__(self, night: str, holder: str, lease_left: timedelta) -> None:
        super().__init__(f"night {night} is being run by {holder} (lease for {lease_left.total_seconds():.0f} s more)")
        self.night = night
        self.holder = holder
        self.lease_left = lease_left


class NightDeadlineError(NightError):
    """The deadline came before the work was done; what is left is for the next night."""

    retryable = True
    remedy = "run `doorstep night` again, or raise DOORSTEP_NIGHT__DEADLINE_MINUTES"

    def __init__(self, night: str, left: int) -> None:
        super().__init__(f"night {night} reached its deadline with {left} recordings left; the next night takes them")
        self.night = night
        self.left = left


class NightServerError(NightError):
    """The server that shows a night's steps, which the night starts for itself, ended or did not come up."""

    retryable = True
    remedy = "see `doorstep doctor` for the disk; run the night again, or name a server of yours in PREFECT_API_URL"

    def __init__(self, detail: str) -> None:
        super().__init__(f"Prefect's server {detail}")
        self.detail = detail


class MailError(PipelineError):
    """A mail could not be handed over; the next night tries again, and the night itself is not touched by it."""

    retryable = True
    remedy = "see `doorstep doctor` and the settings DOORSTEP_MAIL__...; then `doorstep morning --mail`"

    def __init__(self, detail: str) -> None:
        super().__init__(f"the mail could not be handed over: {detail}")
        self.detail = detail


class PlaceServiceError(PipelineError):
    """The address service that the operator named knows no answer now; the page says so, and works without."""

    retryable = True
    remedy = "name a street, a postal code or coordinates, or set a pin; the operator: DOORSTEP_NEAR__GEOCODER_URL"

    def __init__(self, detail: str) -> None:
        super().__init__(f"the address service does not answer: {detail}")
        self.detail = detail


class NightUnansweredError(NightError):
    """No source answered, so that nothing new was asked for; the morning report says so, and the night is finished."""

    retryable = True
    remedy = "see that the network and the source are there, then run `doorstep night` again"

    def __init__(self, night: str, detail: str) -> None:
        super().__init__(f"night {night}: no source answered: {detail}")
        self.night = night
        self.detail = detail


class ReportError(PipelineError):
    """A report cannot be made."""

    def __init__(self, report: str, detail: str) -> None:
        super().__init__(f"report {report}: {detail}")
        self.report = report
        self.detail = detail


class SettingsError(PipelineError):
    """A setting is missing, misspelt or out of bounds."""

    remedy = "see docs/operating.md for every setting; names are DOORSTEP_SECTION__NAME"

    def __init__(self, detail: str) -> None:
        super().__init__(f"settings: {detail}")
        self.detail = detail


class UnexpectedFaultError(PipelineError):
    """A fault of this program, kept to the one clip that brought it out."""

    remedy = (
        "the original is kept; please report the fault with the operator's log, and run the night again after a mend"
    )

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"a fault of this program ({kind}): {detail}")
        self.kind = kind
        self.detail = detail
