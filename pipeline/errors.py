"""Every error of the library, drawn once.

::

    PipelineError
      ConsentError
        ConsentMissingError
        ConsentOutOfScopeError
        ConsentRevokedError
        GrantSignatureError
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
        SealError
        StorageError
      CatalogueError
        CatalogueLockedError
        RecordNotFoundError
      VideoError
        DecoderDiedError
        FfmpegError
        FfmpegMissingError
        RedactionError
        UnreadableClipError
        WorkerDiedError
      DetectionError
        ModelUnavailableError
        WeightsMismatchError
      EvaluationError
      NightError
        NightAlreadyRunningError
        NightDeadlineError
        NightServerError
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


class ConsentRevokedError(ConsentError):
    """The grant was revoked."""

    def __init__(self, grant_id: str, revoked_at: str) -> None:
        super().__init__(f"grant {grant_id} was revoked at {revoked_at}")
        self.grant_id = grant_id
        self.revoked_at = revoked_at


class GrantSignatureError(ConsentError):
    """A stored grant does not carry our signature over its words."""

    remedy = (
        "the stored grant was changed outside Doorstep: restore the catalogue from a backup, or ask for a new grant"
    )

    def __init__(self, grant_id: str, version: int) -> None:
        super().__init__(f"grant {grant_id} version {version} does not carry a valid signature")
        self.grant_id = grant_id
        self.version = version


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
    """A folder is to be linked under a name under which another resident's folder is linked."""

    remedy = "choose another --name; `doorstep ring accounts` lists those that are taken"

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


class CatalogueError(PipelineError):
    """The database refuses or lacks something."""


class CatalogueLockedError(CatalogueError):
    """Another process holds the database longer than we wait, or its server is away."""

    retryable = True
    remedy = "another process is writing, or the database server is away; try again in a minute"

    def __init__(self, detail: str) -> None:
        super().__init__(f"the database does not answer: {detail}")
        self.detail = detail


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
        "custody record": "see `doorstep custody log` for numbers; a checkpoint covers what was written before it",
    }

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"no {kind} {identifier}")
        self.kind = kind
        self.identifier = identifier
        self.remedy = self._where.get(kind, "")


class VideoError(PipelineError):
    """A clip cannot be read, or ffmpeg cannot do what was asked."""


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


class WorkerDiedError(VideoError):
    """The process that analysed or cut a clip ended from outside, most often for want of memory."""

    retryable = True
    remedy = "the original is kept as received; see whether the machine lacks memory, then run the night again"

    def __init__(self, work: str) -> None:
        super().__init__(f"the process ended in the middle of {work}")
        self.work = work


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
