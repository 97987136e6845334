"""The figures, in order: what each says, its bound, how it is obtained, and the probe that obtains it."""

from bench.trust import media
from bench.trust.figure import Figure
from bench.trust.suites import by_tests

_DESK = "it is about the web desk, which does not exist yet"

FIGURES = (
    Figure(
        1,
        "Kill -9 at random points of ingest",
        "500 kills, nothing acknowledged lost",
        "A child ingests clip after clip and says which are safe; it is killed at a random moment, again and again, on "
        "SQLite and on PostgreSQL. Then every acknowledged clip is looked up, every original hashed, the log verified.",
        by_tests(
            "tests/catalogue/test_killed.py",
            words="{kills} kills: {acknowledged} acknowledged, {lost} lost, the log verifies",
        ),
    ),
    Figure(
        5,
        "Malformed media",
        "1,000 files: no crash outside the sandbox, none over 30 s, originals kept, other clips unharmed",
        "Sound clips in eight containers and codecs, broken at random and with intent (truncated, flipped, boxes with "
        "wrong sizes, kinds, counts, offsets, depths), go through ingest, analysis by the real weights, highlights and "
        "the morning report of one night, two sound clips among them.",
        media.malformed,
    ),
    Figure(
        6,
        "Files that want to reach out",
        "0 connections, 0 foreign files opened",
        "Playlists by a clip's name, data references to files and servers, subtitle and movie references, through a "
        "whole night under strace; a server on loopback writes down who asks. Every file that a process behind the "
        "walls opens is compared with the clip, the system's programs and the project.",
        media.reaching_out,
    ),
    Figure(
        7,
        "Bombs: pixels, length, samples, streams, frame rates, boxes",
        "none over 30 s, no child above 2,048 MB",
        "Small files that claim 16384 x 8192 pixels, two hours, billions of samples, thousands of streams, boxes "
        "twenty thousand deep, through a whole night; the kernel counts each child's memory.",
        media.bombed,
    ),
    Figure(
        8,
        "Files that are two things at once",
        "each with a typed outcome, kept as received",
        "Clips that are also a page, an archive, a paper or a program, and files that are no clips, through a whole "
        "night.",
        media.polyglots,
        lacking="that they are never served inline is " + _DESK,
    ),
    Figure(
        9,
        "Originals hashed again after the whole pipeline",
        "all identical",
        "The sample clips through a whole night; then every original is read back and hashed.",
        media.rehashed,
    ),
    Figure(16, "Roles, pages and ownership", "every cell tested", "", lacking=_DESK),
    Figure(19, "Sessions", "every change effective on the next request", "", lacking=_DESK),
    Figure(20, "Forged requests from other sites", "all refused", "", lacking=_DESK),
    Figure(
        21,
        "Names with traversal, commands, control characters, broken Unicode",
        "0 files outside the store",
        "Sound and broken clips by such names through a whole night with its morning report.",
        media.names,
    ),
    Figure(22, "Generated requests to the interface", "0 faults of ours", "", lacking=_DESK),
    Figure(23, "Uploads that are cut off", "hash equal after resuming", "", lacking=_DESK),
)
