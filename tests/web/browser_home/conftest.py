"""Home as it is really served, over an empty store and the Ring simulator; no night is run for it."""

import re
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from pipeline.ring_simulator.server import RingSimulator, running_simulator
from pipeline.ring_simulator.world import SHARED_FAMILY, SimulatedAccount, SimulatedDevice, World
from pipeline.settings import AgencySettings, MailSettings, Settings, StoreSettings
from tests.conftest import ROOT
from tests.web.browser.axe import violations
from tests.web.browser.chromium import started
from tests.web.browser.served import PATIENCE, ServedDesk, serving
from tests.web.browser.windows import LAPTOP

ANN_AT_RING = ("ann@ring.example", "correct horse battery", "246810")
BOB_AT_RING = ("bob@ring.example", "battery staple", None)
Window = Callable[..., Page]

_LINK = re.compile(r"http://\S+/home/enter\?link=[\w-]+")


@pytest.fixture(scope="module")
def ring() -> Iterator[RingSimulator]:
    """Ann has a second factor, an indoor camera and one that is shared with her; bob has no plan."""
    ann = (
        SimulatedDevice(1001, "Front door"),
        SimulatedDevice(1002, "Hall", family="stickup_cams", kind="stickup_cam_mini"),
        SimulatedDevice(3001, "Neighbour's porch", family=SHARED_FAMILY),
    )
    bob = (SimulatedDevice(2001, "Lawn", show_recordings=False),)
    world = World((SimulatedAccount(*ANN_AT_RING, ann), SimulatedAccount(*BOB_AT_RING, bob)))
    with running_simulator(world) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, ring: RingSimulator, outbox: Path) -> Iterator[ServedDesk]:
    settings = Settings(
        store=StoreSettings(directory=tmp_path_factory.mktemp("store")),
        mail=MailSettings(outbox=outbox, sender="doorstep@example.org"),
        agency=AgencySettings(name="Oak Street police", non_emergency_number="555-0100"),
    )
    at_ring = {
        "DOORSTEP_RING__CONNECT_TO": ring.connect_to,
        "DOORSTEP_RING__CERTIFICATE_AUTHORITY": str(ring.certificate_authority),
        "DOORSTEP_RING__CALLS_PER_MINUTE": "600",
    }
    with serving(settings, **at_ring) as desk:
        yield desk
    assert not [line for line in desk.said if "Traceback" in line], "".join(desk.said)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with started(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def window(served: ServedDesk, chromium: Browser) -> Iterator[Window]:
    """Opens a window in which nobody is signed in; what scripts and the policy complain of fails the test."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def make(size: tuple[int, int] = LAPTOP, scheme: str = "light") -> Page:
        context = chromium.new_context(
            base_url=served.address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            locale="en-GB",
        )
        opened.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        return context.new_page()

    yield make
    for context in opened:
        context.close()
    assert faults == []


def mailed_link(outbox: Path, address: str) -> str:
    """The link of the newest mail to an address; a mail leaves after the answer, and is waited for."""
    give_up_at = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < give_up_at:
        if found := _mailed(outbox, address):
            return found
        time.sleep(0.05)
    raise FileNotFoundError(f"no link was mailed to {address}")


def _mailed(outbox: Path, address: str) -> str:
    newest = sorted(outbox.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns, reverse=True)
    for path in newest:
        mail = message_from_bytes(path.read_bytes(), policy=default)
        body = mail.get_body(("plain",))
        found = _LINK.search(body.get_content()) if body and str(mail["To"]) == address else None
        if found:
            return found[0]
    return ""


def looked_at(page: Page, name: str) -> None:
    """Nothing that axe calls a fault, nothing wider than the window; its picture is kept to be looked at."""
    folder = ROOT / "build" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size or {"width": 0}
    page.screenshot(path=folder / f"home-{name}-{size['width']}.png", full_page=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is too wide"
