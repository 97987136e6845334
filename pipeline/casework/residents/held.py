"""Everything that is held about a resident, as one archive that is made while it is sent.

What a hold keeps that the resident may not be told of is not in it, as on no receipt: of originals those alone are
named that a grant covers now and whose time is not over.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import Any

from pipeline import __version__
from pipeline.casework.grants.looks import every_look
from pipeline.casework.grants.readable import readable_clips
from pipeline.casework.requests.own import own_of_requests
from pipeline.casework.residents.accounts import mail_of
from pipeline.casework.residents.ring import own_accounts
from pipeline.casework.residents.sessions import live_resident_sessions
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.log_filter import LogFilter
from pipeline.domain.plain import to_plain
from pipeline.domain.residents import ResidentAccount
from pipeline.night.services import Services
from pipeline.reports.receipt import receipt_words
from pipeline.retention.receipt import make_receipt

_PIECE = 1 << 20
_PAGE = 500
_ENDING = re.compile(r"\.[a-z0-9]{2,4}")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a ZIP archive

README = """Everything that {agency} holds about {resident_id} in Doorstep {version}, at {at} UTC.

account.json   your account: when it was made, how you sign in, where you are signed in
accounts.json  linked accounts and the cameras that they reach; tokens are secrets and are not in here
grants.json    every version of every grant, with its signature
receipts/      one receipt a grant: what was deleted, what is kept and why, what left the house
looks.json     who looked at what your grants cover, when, for what purpose and case
requests.json  requests for footage: where letters about them go, what you answered or put aside
custody.json   records of the custody log that you made, or that are about you, your accounts, cameras and grants
originals.json the recordings that your grants cover now and that are kept for their sake, by digest{originals}

A record's leaf is what the log's tree is made of. It names people by sealed digests alone.
"""


def held_about(services: Services, account: ResidentAccount, *, originals: bool) -> Iterator[bytes]:
    """The archive in pieces; that it was taken is written down before the first.

    Args:
        services: The installation.
        account: About whom.
        originals: Whether the recordings themselves are in it.

    Yields:
        Pieces of a ZIP archive of at most some megabytes; memory does not grow with the recordings.

    Raises:
        EvidenceError: An original is not what it was; the archive ends early, which whoever opens it notices.
    """
    resident_id = account.resident_id
    detail = {"originals": "yes" if originals else "no"}
    entry = CustodyEntry(services.now(), resident_id, CustodyAction.OWN_COPY_TAKEN, resident_id, detail=detail)
    services.catalogue.custody.append((entry,))
    return _archive(services, account, originals=originals)


def _archive(services: Services, account: ResidentAccount, *, originals: bool) -> Iterator[bytes]:
    sink = _Sink()
    clips = _readable(services, account.resident_id)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, text in _documents(services, account, clips, originals=originals):
            archive.writestr(_entry(name, services.now()), text.encode("utf-8", "backslashreplace"))
            yield sink.taken()
        for clip in clips if originals else ():
            yield from _original(services, archive, sink, clip)
    yield sink.taken()


def _documents(
    services: Services, account: ResidentAccount, clips: tuple[AcquiredClip, ...], *, originals: bool
) -> Iterator[tuple[str, str]]:
    resident_id = account.resident_id
    yield (
        "README.txt",
        README.format(
            agency=services.settings.agency.name,
            resident_id=resident_id,
            version=__version__,
            at=f"{services.now():%Y-%m-%d %H:%M}",
            originals=", and in originals/ themselves" if originals else "",
        ),
    )
    yield "account.json", _json(_account(services, account))
    yield "accounts.json", _json([to_plain(one) for one in own_accounts(services, resident_id)])
    grants = own_grants(services, resident_id)
    histories = {grant.grant_id: services.catalogue.grants.history(grant.grant_id) for grant in grants}
    yield "grants.json", _json({name: to_plain(versions) for name, versions in histories.items()})
    for grant in grants:
        signed = make_receipt(services, grant.grant_id)
        yield f"receipts/{grant.grant_id}.json", _json(to_plain(signed))
        yield f"receipts/{grant.grant_id}.txt", receipt_words(signed)
    yield "looks.json", _json([to_plain(one) for one in every_look(services, resident_id)])
    yield "requests.json", _json(to_plain(own_of_requests(services, resident_id)))
    yield "custody.json", _json(list(_records(services, resident_id, grants)))
    yield "originals.json", _json([_clip(clip) for clip in clips])


def own_grants(services: Services, resident_id: str) -> tuple[ConsentGrant, ...]:
    """The newest version of each grant of a resident, revoked ones too, in order of id."""
    newest = (signed.grant for signed in services.catalogue.grants.latest())
    return tuple(grant for grant in newest if grant.resident_id == resident_id)


def _account(services: Services, account: ResidentAccount) -> dict[str, Any]:
    sessions = live_resident_sessions(services, account.resident_id)
    return {**to_plain(account), "mail": mail_of(services, account), "sessions": to_plain(sessions)}


def _records(services: Services, resident_id: str, grants: tuple[ConsentGrant, ...]) -> Iterator[dict[str, Any]]:
    """Each record once, in order: by the resident, or about what is theirs."""
    accounts = own_accounts(services, resident_id)
    cameras = {camera.camera_id for one in accounts for camera in one.cameras if camera.owner_id == resident_id}
    subjects = [resident_id, *(one.account.account_id for one in accounts), *sorted(cameras)]
    subjects += [grant.grant_id for grant in grants]
    wanted = [LogFilter(agent=resident_id), *(LogFilter(subject=subject) for subject in subjects)]
    found = {record.index: record for one in wanted for record in services.catalogue.custody_reading.walk(one, _PAGE)}
    for index in sorted(found):
        entry, leaf = found[index].entry, found[index].leaf
        yield {"index": index, "at": to_plain(entry.at), "action": str(entry.action), "leaf": leaf}


def _readable(services: Services, resident_id: str) -> tuple[AcquiredClip, ...]:
    now = services.now()
    theirs = own_grants(services, resident_id)
    live = [grant for grant in theirs if grant.revoked_at is None and now < grant.expires_at]
    cameras = tuple(sorted({camera for grant in live for camera in grant.camera_ids}))
    return readable_clips(services, resident_id, services.catalogue.clips.list(cameras) if cameras else ())


def _clip(clip: AcquiredClip) -> dict[str, Any]:
    return {"sha256": clip.item.digest, "bytes": clip.item.size, "acquisition": to_plain(clip.acquisition)}


def _original(services: Services, archive: zipfile.ZipFile, sink: "_Sink", clip: AcquiredClip) -> Iterator[bytes]:
    ending = PurePath(clip.acquisition.file_name).suffix.lower()
    ending = ending if _ENDING.fullmatch(ending) else ".mp4"
    entry = _entry(f"originals/{clip.item.digest}{ending}", services.now())
    entry.compress_type = zipfile.ZIP_STORED
    with (
        services.originals.path_of(clip.item.digest) as path,
        path.open("rb") as source,
        archive.open(entry, "w", force_zip64=True) as target,
    ):
        while piece := source.read(_PIECE):
            target.write(piece)
            yield sink.taken()
    yield sink.taken()


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, max(_EARLIEST, (at.year, at.month, at.day, at.hour, at.minute, at.second)))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _json(plain: object) -> str:
    return json.dumps(plain, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


class _Sink:
    """What was written since somebody last took it; it cannot be rewound, so that the archive is made in one go."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
