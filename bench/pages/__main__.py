"""``python -m bench.pages``: opens each page of a demo's desk some times, and writes the figures into docs/desk.md."""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Request, StorageState, ViewportSize, sync_playwright

from pipeline.casework.agents.accounts import add_agent
from pipeline.casework.proofs.passwords import invent_password
from pipeline.casework.residents.links import address_of, make_link
from pipeline.demo.desk import desk_variables
from pipeline.demo.stage import AREAS, INCIDENT, PURPOSE, RECIPIENT, STREET_MAP
from pipeline.demo.story import ANN
from pipeline.domain.agents import Role
from pipeline.night.services import open_services
from pipeline.settings import AgencySettings, NearSettings, NightSettings, Settings, StoreSettings

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "desk.md"
BEGIN, END = "<!-- begin figures: made by python -m bench.pages -->", "<!-- end figures -->"
PAGES = {
    "Morning": "/",
    "Search": "/search?q=package",
    "One event": "event",
    "Needs review": "/needs-review",
    "Timeline": "/timeline",
    "Cameras (with the map's library)": "/cameras",
    "Incident": f"/incidents/{INCIDENT}",
    "Audit": "/audit",
}
"""Of agents, at a desk."""
TELEPHONE = {
    "Reports around a place (with the map's library)": "/near?q=12+Elm+Street",
    "Send a report": "/near/report",
    "Requests for footage, the log": "/requests/log",
    "Home": "/home",
    "Home: what is shared": "/home/grants",
    "Home: who looked": "/home/looked",
}
"""Of neighbours and of residents."""
DESK_SIZE, TELEPHONE_SIZE = (1366, 768), (390, 844)
Size = tuple[int, int]
_COUNTED = ("document", "stylesheet", "script", "fetch", "xhr")
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
_NAME = "bench"


@contextmanager
def served(store: Path) -> Iterator[tuple[str, str, str]]:
    """The address of a desk over a copy of a store, the password of its supervisor, and what signs a resident in."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "store"
        shutil.copytree(store, copy)
        settings = Settings(
            store=StoreSettings(directory=copy),
            night=NightSettings(purpose=PURPOSE, recipient=RECIPIENT),
            agency=AgencySettings(name=RECIPIENT, areas=AREAS),
            near=NearSettings(streets=STREET_MAP, postcode_countries=()),
        )
        password = invent_password()
        with open_services(settings) as services:
            add_agent(services, _NAME, _NAME, Role.SUPERVISOR, password)
            secret = make_link(services, _NAME, services.catalogue.residents.get(ANN.resident_id))
        command = [sys.executable, "-m", "pipeline.cli.app", "serve", "--port", "0"]
        environment = {**os.environ, **desk_variables(settings), "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            said = process.stdout.readline()
            yield re.findall(r"http://\S+", said)[0], password, secret
        finally:
            process.terminate()
            process.wait()


def sign_in(context: BrowserContext, password: str) -> None:
    """Signs the supervisor in, on a matter."""
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill(_NAME)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/matter")
    page.get_by_role("button", name="Begin").click()
    page.close()


def sign_in_at_home(context: BrowserContext, address: str, secret: str) -> None:
    """Signs a resident in by a link."""
    page = context.new_page()
    page.goto(address_of(address, secret))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/home")
    page.close()


def measured(browser: Browser, signed_in: StorageState, path: str, times: int, size: Size) -> str:
    """Figures of a row: kilobytes before media with an empty cache, and the middle and the worst first paint."""
    loads = [_one_load(browser, signed_in, path, size) for _ in range(times)]
    paints = [paint for _, paint in loads]
    return f"{loads[-1][0] / 1024:.0f} | {statistics.median(paints):.0f} ms | {max(paints):.0f} ms"


def _one_load(browser: Browser, signed_in: StorageState, path: str, size: Size) -> tuple[int, float]:
    """In a window of its own: bytes on the wire, and milliseconds to the first paint."""
    view: ViewportSize = {"width": size[0], "height": size[1]}
    with browser.new_context(viewport=view, storage_state=signed_in) as context:
        page = context.new_page()
        finished: list[Request] = []
        page.on("requestfinished", lambda request: finished.append(request))
        page.goto(path)
        page.wait_for_load_state("networkidle")
        counted = [one for one in finished if one.resource_type in _COUNTED]
        return sum(one.sizes()["responseBodySize"] for one in counted), float(page.evaluate(_PAINT))


def main() -> None:
    """Measures, prints, and writes the section."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--store", type=Path, default=ROOT / "build" / "demo" / "store", help="of a demo")
    asked.add_argument("--times", type=int, default=10)
    options = asked.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        sys.exit("no chromium on PATH: install it (Debian: chromium)")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    rows = ["| page | window | kilobytes before media | first paint, middle | worst |", "|---|---|---:|---:|---:|"]
    with served(options.store) as (address, password, secret), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768})
        sign_in(context, password)
        signed_in = context.storage_state()
        for name, path in PAGES.items():
            whole = f"{address}{path if path != 'event' else _event(context)}"
            rows.append(f"| {name} | desk | {measured(browser, signed_in, whole, options.times, DESK_SIZE)} |")
        at_home = browser.new_context(base_url=address)
        sign_in_at_home(at_home, address, secret)
        resident = at_home.storage_state()
        for name, path in TELEPHONE.items():
            figures = measured(browser, resident, f"{address}{path}", options.times, TELEPHONE_SIZE)
            rows.append(f"| {name} | telephone | {figures} |")
        version = browser.version
        browser.close()
    model = next(line.partition(":")[2].strip() for line in _cpu() if line.startswith("model name"))
    said = (
        f"{options.times} loads each with an empty cache, over loopback, Chromium {version}, desk 1366x768, "
        "telephone 390x844; "
        f"{os.cpu_count()} cores, {model}, with a load of {os.getloadavg()[0]:.0f} while it was measured."
    )
    text = "\n".join((*rows, "", said))
    print(text)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def _cpu() -> list[str]:
    return Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()


def _event(context: BrowserContext) -> str:
    page = context.new_page()
    page.goto("/")
    path = page.locator("ol.worth h3 a").first.get_attribute("href") or ""
    page.close()
    return path


if __name__ == "__main__":
    main()
