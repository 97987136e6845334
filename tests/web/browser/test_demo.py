"""What the demo ends with: one line that opens its desk, and agents who get in with the password that was shown."""

import subprocess
from pathlib import Path

from playwright.sync_api import Browser, expect

from pipeline.cli.demo import command_name
from pipeline.demo.desk import AGENTS, add_demo_agents, write_desk_file
from pipeline.domain.agents import Role
from pipeline.night.services import open_services
from pipeline.settings import Settings, StoreSettings
from tests.web.browser.served import serving


def test_an_agent_of_the_demo_gets_in_with_name_and_password_alone(tmp_path: Path, chromium: Browser) -> None:
    settings = Settings(store=StoreSettings(directory=tmp_path / "it's a store"))
    with open_services(settings) as services:
        password = add_demo_agents(services)
    file = write_desk_file(tmp_path, settings)
    shell = ["/bin/sh", "-c", '. "$1" && env', "sh", str(file)]
    said = subprocess.run(shell, capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"}).stdout
    variables = dict(line.split("=", 1) for line in said.splitlines() if line.startswith("DOORSTEP_"))

    with serving(settings, **variables) as desk, chromium.new_context(base_url=desk.address) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Name").fill(AGENTS[Role.ADMINISTRATOR])
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("No night has been run yet.")).to_be_visible()

    assert desk.address.startswith("http://127.0.0.1:")
    assert password not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_the_line_that_the_demo_shows_names_a_program_that_there_is() -> None:
    line = f"{command_name()} serve --help"
    ended = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "Serve the desk" in ended.stdout
