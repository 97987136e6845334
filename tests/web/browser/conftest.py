"""One served desk and one browser for all stories of this folder; each story gets windows of its own.

``visit(Role.INVESTIGATOR)`` is a page in which the agent is signed in, with one-time codes and a matter, at ``/``.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from flows.prefect_home import prefect_server, settle_prefect
from pipeline.domain.agents import Role
from pipeline.settings import Settings
from tests.web.browser.served import PATIENCE, ServedDesk, a_copy, populate, serving
from tests.web.browser.signing_in import sign_in

LAPTOP, PHONE = (1366, 768), (390, 844)
Visit = Callable[..., Page]


@pytest.fixture(scope="package")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store after a real night, for ``a_copy``: nobody acts in it."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("DOORSTEP_") and name != "DOORSTEP_SHARED"]:
        del os.environ[name]
    try:
        home = tmp_path_factory.mktemp("prefect")
        settle_prefect(home)
        with prefect_server(home) as url:
            return populate(tmp_path_factory.mktemp("desk"), url)
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="package")
def served(populated: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDesk]:
    with serving(a_copy(populated, tmp_path_factory.mktemp("served") / "store")) as desk:
        yield desk
    assert not [line for line in desk.said if "Traceback" in line], "".join(desk.said)


@pytest.fixture(scope="package")
def chromium(populated: Settings) -> Iterator[Browser]:
    """The system's Chromium: Debian's, or whatever else has the name.

    It comes after the night: Playwright keeps an event loop running in this thread, in which no night can begin.
    """
    assert populated.store.directory.is_dir()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise FileNotFoundError("no chromium on PATH: install it (Debian: chromium)")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in() -> dict[Role, StorageState]:
    """Cookies by role; whoever signs in first leaves them to the others."""
    return {}


@pytest.fixture
def visit(served: ServedDesk, chromium: Browser, signed_in: dict[Role, StorageState]) -> Iterator[Visit]:
    """Opens a window in which an agent of a role is signed in."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def window(
        role: Role = Role.INVESTIGATOR, path: str = "/", size: tuple[int, int] = LAPTOP, scheme: str = "light"
    ) -> Page:
        kept = signed_in.get(role)
        view = {"width": size[0], "height": size[1]}
        context = chromium.new_context(
            base_url=served.address,
            viewport=view,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            storage_state=kept,
            reduced_motion="reduce",
            locale="en-GB",
        )
        opened.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page = context.new_page()
        if kept is None:
            sign_in(page, role)
            signed_in[role] = context.storage_state()
        page.goto(path)
        return page

    yield window
    for context in opened:
        context.close()
    assert faults == [], "what the pages' scripts and the policy of content complained of"


@pytest.fixture(scope="session")
def screens() -> Path:
    """Where pictures of pages lie, to be looked at."""
    from tests.conftest import ROOT

    folder = ROOT / "build" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
