"""One served desk and one browser for all stories of this folder; each story gets windows of its own.

``visit(Role.INVESTIGATOR)`` is a page in which the agent is signed in, with one-time codes and a matter, at ``/``.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from pipeline.domain.agents import Role
from pipeline.settings import Settings
from tests.made_once import made_once
from tests.web.browser.chromium import started
from tests.web.browser.populated import a_copy_of_the_night, make_a_night
from tests.web.browser.served import PATIENCE, ServedDesk, a_copy, serving
from tests.web.browser.signing_in import sign_in
from tests.web.browser.windows import LAPTOP

Visit = Callable[..., Page]


@pytest.fixture(scope="package")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store after a real night, for ``a_copy``: nobody acts in it."""
    night = made_once(tmp_path_factory, "night", make_a_night)
    return a_copy_of_the_night(night, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="package")
def served(populated: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDesk]:
    with serving(a_copy(populated, tmp_path_factory.mktemp("served") / "store")) as desk:
        yield desk
    assert not [line for line in desk.said if "Traceback" in line], "".join(desk.said)


@pytest.fixture(scope="package")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with started(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


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
def screens(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures of pages are kept, for ``keep_picture``; None where nobody asked for them."""
    wanted: Path | None = request.config.getoption("--screens")
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
    return wanted
