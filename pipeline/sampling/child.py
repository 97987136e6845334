"""The decoding child: confines itself, decodes one clip, and writes messages to its standard output.

Started by its path with ``python -I -S``, so that neither the environment nor site hooks have a say::

    child.py '<request>' '<walls>' '<search path>'
"""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pipeline.confinement import WallState
    from pipeline.sampling.clip_file import ClipFile, PacketTable
    from pipeline.sampling.wire import Request


_KEYS_TRIED = 8


def main() -> None:
    """Read the command line, stand behind the walls, then decode."""
    request, walls, search_path = sys.argv[1:]
    sys.path.extend(json.loads(search_path))
    from pipeline.confinement import Walls, confine
    from pipeline.sampling.wire import Request

    states = confine(Walls.from_json(walls))
    _decode(Request.from_json(request), states, sys.stdout.buffer)


def _decode(request: "Request", walls: "Sequence[WallState]", out: BinaryIO) -> None:
    from pipeline.sampling.clip_file import ClipFile, UnreadableError, demux
    from pipeline.sampling.wire import Kind, record

    try:
        clip = ClipFile.open(request)
        table = demux(clip, request.longest_seconds)
        out.write(record(Kind.PROBE, clip.facts(table.stamps[0], _rotation(clip, table))))
        out.flush()
        if not request.probe_only:
            _sample(clip, table, request, walls, out)
    except UnreadableError as error:
        out.write(record(Kind.UNREADABLE, {"detail": str(error)}))
    out.flush()


def _sample(
    clip: "ClipFile", table: "PacketTable", request: "Request", walls: "Sequence[WallState]", out: BinaryIO
) -> None:
    from pipeline.sampling.accounting import account
    from pipeline.sampling.clip_file import ClipFile, UnreadableError
    from pipeline.sampling.decoding import Looker, plan_depths
    from pipeline.sampling.plan import group_packets
    from pipeline.sampling.wire import Kind, Picture, message, record

    def hand_on(picture: Picture) -> None:
        out.write(message(Kind.FRAME, picture.to_bytes()))
        out.flush()

    plan = plan_depths(clip, table, group_packets(table.marks), request)
    clip.container.close()
    again = ClipFile.open(request)
    looker = Looker(again, table, plan, request, hand_on)
    looker.look()
    if not looker.sight.pictures:
        raise UnreadableError(f"no picture of it decodes; {looker.sight.errors} packets were refused")
    out.write(record(Kind.REPORT, account(again, table, looker.sight, request, _decoder_name(again, walls))))


def _rotation(clip: "ClipFile", table: "PacketTable") -> int:
    """Of the first key frame that decodes: containers hand the display matrix on with the pictures."""
    from pipeline.sampling.clip_file import clockwise_rotation
    from pipeline.sampling.decoding import decode_alone

    for _, packet in sorted(table.key_packets.items())[:_KEYS_TRIED]:
        for frame in decode_alone(clip.context, packet):
            return clockwise_rotation(frame)
    return 0


def _decoder_name(clip: "ClipFile", walls: "Sequence[WallState]") -> str:
    import av

    library = ".".join(str(part) for part in av.library_versions["libavcodec"])
    missing = ", ".join(state.name for state in walls if not state.stands)
    return f"PyAV {av.__version__}, libavcodec {library}, {clip.context.name}" + (
        f"; walls missing: {missing}" if missing else ""
    )


if __name__ == "__main__":
    main()
