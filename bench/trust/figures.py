"""The figures, in order: what each says, its bound, how it is obtained, and the probe that obtains it."""

from bench.trust import media
from bench.trust.figure import Figure
from bench.trust.suites import by_tests

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
        2,
        "Kill -9 at each step of ingest, derivation, export, revocation and retention",
        "nothing that was said to be safe is lost, nothing half-made is visible, the next run comes to the same",
        "A shim before libc counts every call by which a file or folder of the installation changes, and every message "
        "to a server; the process is ended before the n-th, or in its middle, for each n. Then the log is verified, "
        "everything that is named is hashed, and the act is done again: it must come to what an undisturbed run comes "
        "to. On a disk with SQLite, and on PostgreSQL and an S3 server, where connections are reset as well.",
        by_tests(
            "tests/faults/test_each_step.py",
            "tests/retention/test_killed.py",
            select="(every and killed) or (every and servers) or killed_at_every_step",
            words="{faults} faults at {steps} steps ({killed} kills): {safe} safe, none lost, all mended",
        ),
        lacking="the export was killed on a disk with SQLite alone; servers that are themselves killed, go away or are "
        "held by another have tests of their own (tests/faults/test_servers_away.py), not part of this figure",
    ),
    Figure(
        3,
        "Order of flushes",
        "bytes before their name, the name before the acknowledgement",
        "The system calls of a store on disk are seen in their order: content flushed, folder made and flushed, "
        "linked, folder flushed. PostgreSQL and SQLite are run with synchronous commits.",
        by_tests("tests/evidence/test_local.py", select="order or on_disk_before or system_call"),
        lacking="what a disk loses when the power goes was not simulated; only the order of flushes was checked",
    ),
    Figure(
        4,
        "A full disk and an I/O error at each write",
        "refused in words or mended, nothing half-made visible, the next run comes to the same",
        "As figure 2, but the n-th call fails: once with EIO, or with ENOSPC from there on for everything that needs "
        "room. It is injected at the boundary of the process, not by a disk.",
        by_tests(
            "tests/faults/test_each_step.py",
            select="every and failing",
            words="{faults} faults at {steps} steps: {refused} refused in words, none lost, all mended",
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
        lacking="how browsers take them was not tried; what is served says its kind and that none is to be guessed",
    ),
    Figure(
        9,
        "Originals hashed again after the whole pipeline",
        "all identical",
        "The sample clips through a whole night; then every original is read back and hashed.",
        media.rehashed,
    ),
    Figure(
        10,
        "A single byte of a package changed",
        "10,000 sampled flips, every one found by standard tools",
        "One byte of one file is changed, in a file chosen by size or by name in turn; then the commands of "
        "HOWTO-VERIFY are pasted: sha256sum, bagit, ssh-keygen, openssl, python3. At least one must fail.",
        by_tests(
            "tests/packages/test_checked_by_strangers.py",
            select="flips_of_a_byte and not some",
            words="{flips} flips, all found",
        ),
    ),
    Figure(
        11,
        "Files added, removed, renamed; the log edited",
        "all found",
        "Each file of a package is removed and renamed in turn, files are added in and beside data/, the custody log "
        "is edited with the manifests written anew.",
        by_tests(
            "tests/packages/test_checked_by_strangers.py",
            select="added_file or removed_or_renamed or edited_log or another_root or another_key",
            words="{passed} kinds of change, all found",
        ),
    ),
    Figure(
        12,
        "The custody log rewritten, shortened, forked",
        "all found against an older checkpoint",
        "Records are changed, removed, moved and doubled, by a stranger, by the database's owner and by somebody with "
        "the key; the verifier and the checkpoints must find it. On SQLite and on PostgreSQL.",
        by_tests(
            "tests/evidence/test_custody.py", "tests/catalogue/test_custody.py", words="{passed} stories, all found"
        ),
    ),
    Figure(
        13,
        "Merkle tree and checkpoint against their specifications",
        "all agree",
        "Roots and proofs against the definition of RFC 6962, its example, the known roots and pymerkle; checkpoints "
        "against the text of C2SP and openssl.",
        by_tests("tests/evidence/test_merkle.py", "tests/evidence/test_checkpoint.py"),
        lacking="the published vector files and the BagIt conformance suite are not part of the project",
    ),
    Figure(
        14,
        "A package checked by tools that are not ours",
        "at least 4 independent tools",
        "A package of a real night, by the commands of its HOWTO-VERIFY (sha256sum, bagit, ssh-keygen, openssl) and by "
        "case_validate, pdfinfo and pdftotext.",
        by_tests(
            "tests/packages/test_checked_by_strangers.py",
            select="commands_of_the_howto or library_of_others or conforms_to_case or papers_are",
            words="{passed} checks pass: sha256sum, bagit, ssh-keygen, openssl, case_validate, pdfinfo, pdftotext",
        ),
    ),
    Figure(
        15,
        "Seals of the camera's maker, also of a tampered parent",
        "broken is said to be broken",
        "C2PA manifests made in the tests: whole, flipped, stripped, and a whole one over a tampered ingredient.",
        by_tests("tests/evidence/test_seal.py"),
    ),
    Figure(
        16,
        "Roles, pages and ownership",
        "every cell tested",
        "Every route is asked by every role and by residents: for what is their own, for what is somebody else's and "
        "for what is not there.",
        by_tests("tests/web/test_matrix.py", "tests/web/test_home_matrix.py"),
    ),
    Figure(
        17,
        "After a revocation",
        "no read succeeds, the bytes are gone, a signed tombstone stays, nothing leaves",
        "A town with clips, highlights, reports and incidents on a disk and on servers; a grant is revoked, and "
        "everything is asked for again, an export among it.",
        by_tests(
            "tests/retention/test_revocation.py", "tests/packages/test_export.py", select="revo or everything or after"
        ),
    ),
    Figure(
        18,
        "Retention",
        "gone within a day of due; nothing held is ever deleted, over 10,000 simulated days",
        "Each simulated day a clip comes and everything is judged; a tenth is held for up to five years.",
        by_tests("tests/retention/test_due.py", "tests/retention/test_sweep.py"),
    ),
    Figure(
        19,
        "Sessions",
        "every change effective on the next request",
        "Agents and residents sign in, are disabled, change role and password, and end their sessions elsewhere.",
        by_tests("tests/web/test_sign_in.py", "tests/web/test_accounts.py", "tests/web/test_home_entry.py"),
    ),
    Figure(
        20,
        "Forged requests from other sites",
        "all refused",
        "Requests that change something come with another origin, without a token, and with somebody else's.",
        by_tests("tests/web/test_forgery.py"),
    ),
    Figure(
        21,
        "Names with traversal, commands, control characters, broken Unicode",
        "0 files outside the store",
        "Sound and broken clips by such names through a whole night with its morning report.",
        media.names,
    ),
    Figure(
        22,
        "Generated requests to the interface",
        "0 faults of ours",
        "schemathesis makes requests from the description of the interface.",
        by_tests("tests/web/test_api.py"),
    ),
    Figure(
        23,
        "Uploads that are cut off",
        "hash equal after resuming",
        "Files go over loopback and are cut by a reset of the connection at random points: 2 GB at 20 points, and "
        "smaller ones.",
        by_tests("tests/web/test_cut_uploads.py"),
    ),
    Figure(
        24,
        "Each look and each export has its record",
        "exactly one",
        "Commands that show or hand out evidence are run, and the records of the log counted before and after.",
        by_tests("tests/cli/test_evidence_seen.py"),
        lacking="views over the web have tests of their own, which are not part of this figure",
    ),
    Figure(
        25,
        "The same again",
        "byte for byte, and on both kinds of store",
        "A package is exported twice, a highlight rendered twice, and compared byte for byte; the suites of the "
        "stores, the catalogue and of retention run on a disk with SQLite and on PostgreSQL with S3.",
        by_tests(
            "tests/packages/test_export.py",
            "tests/highlights/test_render.py",
            "tests/evidence/test_store.py",
            "tests/catalogue/test_clips.py",
            "tests/catalogue/test_nights.py",
        ),
    ),
    Figure(
        26,
        "Sequences of acts by chance",
        "10,000 sequences: nothing outside a live grant, nothing left after a revocation but what must stay",
        "One to eighteen acts by chance between a beginning with something to lose and two revocations. "
        "Residents grant, narrow, pause and revoke; nights fetch, analyse, attach and report; people search, look, "
        "tag, cut, approve and export; holds come and go, clocks jump, sweeps run, on a real installation on a disk "
        "with SQLite. A second, plain statement of the rules says beforehand what may be done. Everything made of a "
        "recording bears a mark; after each revocation, change, night and sweep the marks are looked for in every "
        "file and every id in every row. A camera's maker, the detector, ffmpeg and the typesetter are stood in for.",
        by_tests(
            "tests/sequences/test_sequences.py",
            select="thousand",
            words="{sequences} sequences, {revocations} revocations, {refused} refused tries, {gone} recordings gone: "
            "no promise broken",
        ),
        lacking="PostgreSQL and an S3 server are not among them; uploads at the desk are not among the acts",
    ),
)
