from pathlib import Path

import pytest

from pipeline.ffmpeg import ffmpeg_version, find_ffmpeg


def _pretender(folder: Path, version: str) -> Path:
    """A program on PATH that calls itself ffmpeg of this version."""
    program = folder / "ffmpeg"
    program.write_text(f"#!/bin/sh\necho 'ffmpeg version {version} Copyright (c) the FFmpeg developers'\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("version", "is_taken"),
    [("5.1.9-0+deb12u1", True), ("7.0.2-static", True), ("n8.0", True), ("N-109-gabc", True), ("4.4.2-0ubuntu", False)],
)
def test_the_systems_ffmpeg_is_taken_when_it_can_do_what_highlights_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_taken: bool
) -> None:
    program = _pretender(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert (find_ffmpeg() == program) is is_taken


def test_without_one_on_the_system_the_wheels_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert ffmpeg_version(find_ffmpeg())
