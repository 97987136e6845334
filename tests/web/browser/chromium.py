"""The system's Chromium as the tests start it: without what a person's window has and no page asks for."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.web.browser.served import PATIENCE

_UNASKED = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""Pages of Chromium's own that each window loads for its address bar: a second of the processor a window, for a bar
that nobody sees."""

_WITHOUT_THEM = """#!/bin/sh
for argument do
  shift
  case $argument in
    --disable-features=*) argument=$argument,{unasked} ;;
  esac
  set -- "$@" "$argument"
done
exec {program} "$@"
"""
"""Chromium heeds its last list of features alone, and Playwright has one of its own: ours goes behind it."""


@contextmanager
def started(folder: Path) -> Iterator[Browser]:
    """Debian's Chromium, or whatever else has the name, until the block ends.

    Playwright keeps an event loop running in this thread for as long: who needs one besides takes another thread.

    Args:
        folder: Where the program that starts it is written.

    Raises:
        FileNotFoundError: There is none.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise FileNotFoundError("no chromium on PATH: install it (Debian: chromium)")
    starter = folder / "chromium"
    starter.write_text(_WITHOUT_THEM.format(unasked=",".join(_UNASKED), program=program))
    starter.chmod(0o700)
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=starter, args=options)
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()
