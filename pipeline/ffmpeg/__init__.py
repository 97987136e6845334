"""The only caller of the ffmpeg program: find it, run it in a bounded child, record its version."""

from pipeline.ffmpeg.program import ffmpeg_version, find_ffmpeg
from pipeline.ffmpeg.run import run
from pipeline.ffmpeg.sandbox import sandbox_report

__all__ = ["ffmpeg_version", "find_ffmpeg", "run", "sandbox_report"]
