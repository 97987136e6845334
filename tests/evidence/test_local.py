"""What a store on disk does when the disk does not do its part, and when its writer dies."""

import errno
import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import StorageError
from pipeline.evidence.local import LocalObjectStore

CONTENT = b"a clip" * 1000


def _is_empty(store: LocalObjectStore, root: Path) -> bool:
    return list(store.digests()) == [] and list((root / ".stage").iterdir()) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("call", ["fsync", "fchmod", "link", "mkdir"])
def test_a_failing_system_call_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    store = LocalObjectStore(tmp_path)

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(StorageError) as caught:
            store.put(CONTENT)
    assert os.strerror(code) in str(caught.value)
    assert caught.value.retryable
    assert _is_empty(store, tmp_path)
    store.put(CONTENT)
    assert store.read(hashlib.sha256(CONTENT).hexdigest()) == CONTENT


def test_bytes_are_on_disk_before_they_have_a_name_and_the_name_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that a loss of power asks for; a kill -9 would not notice a wrong one."""
    store = LocalObjectStore(tmp_path)
    calls: list[str] = []
    fsync, link, mkdir = os.fsync, os.link, os.mkdir

    def seen_fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        calls.append("fsync content" if path.parent.name == ".stage" else f"fsync {path.name}")
        fsync(handle)

    def seen_link(*arguments: Any) -> None:
        calls.append("link")
        link(*arguments)

    def seen_mkdir(*arguments: Any, **options: Any) -> None:
        calls.append("mkdir")
        mkdir(*arguments, **options)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "link", seen_link)
    monkeypatch.setattr(os, "mkdir", seen_mkdir)
    digest = store.put(CONTENT).digest
    assert calls == ["fsync content", "mkdir", f"fsync {tmp_path.name}", "link", f"fsync {digest[:2]}"]
    calls.clear()
    store.put(CONTENT)
    assert calls == [f"fsync {digest[:2]}"]


def test_a_disk_that_takes_no_more_bytes_leaves_nothing(tmp_path: Path) -> None:
    """The real refusal of the system, in a child whose files may hold 1 kB."""
    code = """
import resource
import signal
import sys
from pathlib import Path
from pipeline.errors import StorageError
from pipeline.evidence.local import LocalObjectStore
store = LocalObjectStore(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    store.put(b"x" * 100_000)
except StorageError as error:
    print("refused", error)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("refused the store could not write an object: File too large")
    assert _is_empty(LocalObjectStore(tmp_path), tmp_path)


def _put_until_killed(root: str, first: int) -> None:
    store = LocalObjectStore(Path(root))
    number = first
    while True:
        store.put(os.urandom(200_000) + str(number).encode())
        number += 1


def test_what_a_killed_writer_leaves_is_swept_and_nothing_else(tmp_path: Path) -> None:
    store = LocalObjectStore(tmp_path)
    kept = store.put(CONTENT)
    left = tmp_path / ".stage" / "left-behind"
    left.write_bytes(b"half")
    writer = multiprocessing.get_context("fork").Process(target=_put_until_killed, args=(str(tmp_path), 0))
    writer.start()
    try:
        while len(list(store.digests())) < 5:
            store.sweep()
    finally:
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
    store.sweep()
    assert list((tmp_path / ".stage").iterdir()) == []
    assert store.read(kept.digest) == CONTENT
    for digest in store.digests():
        assert store.measure(digest).digest == digest


def test_many_writers_of_the_same_bytes_make_one_object(tmp_path: Path) -> None:
    LocalObjectStore(tmp_path)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        items = pool.map(_put_once, [str(tmp_path)] * 16)
    assert len(set(items)) == 1
    store = LocalObjectStore(tmp_path)
    assert list(store.digests()) == [items[0]]
    assert list((tmp_path / ".stage").iterdir()) == []


def _put_once(root: str) -> str:
    return LocalObjectStore(Path(root)).put(CONTENT).digest
