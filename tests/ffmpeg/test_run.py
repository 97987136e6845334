import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import ffmpeg
import pytest

from pipeline.errors import FfmpegError, FfmpegMissingError
from pipeline.ffmpeg import ffmpeg_version, find_ffmpeg, run, sandbox_report
from pipeline.ffmpeg.run import FfmpegStream
from tests.loopback import listening

SECOND_OF_COLOUR = "color=red:size=64x48:rate=10:duration=1"


def colour_to(target: Path, source: str = SECOND_OF_COLOUR) -> FfmpegStream:
    stream: FfmpegStream = ffmpeg.input(source, f="lavfi").output(str(target), vcodec="mpeg4", threads=1)
    return stream


def run_bounded(stream: FfmpegStream, cwd: Path, wall_seconds: float = 30) -> None:
    run(stream, wall_seconds=wall_seconds, memory_megabytes=1024, cwd=cwd)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    with listening() as server:
        yield server


def test_an_output_is_written_and_the_version_is_known(tmp_path: Path) -> None:
    run_bounded(colour_to(tmp_path / "red.mp4"), tmp_path)
    assert (tmp_path / "red.mp4").stat().st_size > 500
    assert any(letter.isdigit() for letter in ffmpeg_version(find_ffmpeg()))


def test_an_output_may_lie_outside_the_working_folder(tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    work.mkdir()
    out.mkdir()
    run_bounded(colour_to(out / "red.mp4"), work)
    assert (out / "red.mp4").exists()


def test_a_failure_carries_what_ffmpeg_said(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video")
    with pytest.raises(FfmpegError) as caught:
        run_bounded(ffmpeg.input(str(tmp_path / "text.mp4")).output(str(tmp_path / "o.mp4")), tmp_path)
    assert caught.value.returncode != 0
    assert "Invalid data" in caught.value.stderr_tail
    assert caught.value.argv[0] == str(find_ffmpeg())


def test_patience_ends_and_nothing_of_it_lives_on(tmp_path: Path) -> None:
    endless = colour_to(tmp_path / "long.mp4", "testsrc2=size=1280x720:rate=30:duration=36000")
    with pytest.raises(FfmpegError, match="no end after"):
        run_bounded(endless, tmp_path, wall_seconds=1)


def test_memory_has_a_limit(tmp_path: Path) -> None:
    wide = colour_to(tmp_path / "wide.mp4", "testsrc2=size=8192x8192:rate=5:duration=2")
    with pytest.raises(FfmpegError):
        run(wide, wall_seconds=30, memory_megabytes=256, cwd=tmp_path)


@pytest.mark.parametrize(
    "script", ["#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}/a.ts\n", "ffconcat version 1.0\nfile {url}/a.ts\n"]
)
def test_a_playlist_named_mp4_connects_to_nobody(tmp_path: Path, listener: tuple[str, list[str]], script: str) -> None:
    url, asked = listener
    (tmp_path / "clip.mp4").write_text(script.format(url=url))
    with pytest.raises(FfmpegError):
        run_bounded(ffmpeg.input(str(tmp_path / "clip.mp4")).output(str(tmp_path / "o.mp4")), tmp_path)
    assert asked == []
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{url}/proof")  # noqa: S310 - our own listener, to prove that it hears
    assert asked == ["/proof"]


def test_a_filter_cannot_open_a_file_that_was_not_named(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    run_bounded(colour_to(outside / "secret.mp4"), outside)
    stream = ffmpeg.input(f"movie={outside}/secret.mp4", f="lavfi").output("o.mp4", vcodec="mpeg4")
    if not {wall.name: wall.stands for wall in sandbox_report()}["only named files"]:
        pytest.skip("this kernel has no Landlock")
    with pytest.raises(FfmpegError, match="denied"):
        run_bounded(stream, inside)
    run(stream, wall_seconds=30, memory_megabytes=1024, cwd=inside, readable=[outside])
    assert (inside / "o.mp4").exists()


def test_without_ffmpeg_on_the_path_the_wheel_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert "imageio_ffmpeg" in str(find_ffmpeg())


def test_without_any_ffmpeg_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    with pytest.raises(FfmpegMissingError):
        find_ffmpeg()


def test_the_report_names_every_wall() -> None:
    assert [wall.name for wall in sandbox_report()] == ["limits", "no new privileges", "no network", "only named files"]
