"""A desk as its agents meet it: a browser for each role, with cookies, tokens and what a browser says of itself."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.casework.agents.matters import offered_purposes
from pipeline.casework.proofs import passwords
from pipeline.domain.agents import AgentAccount, Role
from pipeline.domain.evidence import CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.ids import new_id
from pipeline.night.services import Services, open_services
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.web.routes.matter import name_of
from tests.retention.story import Clock, Town

ADDRESS = "https://desk.test"
PASSWORD = "a sentence nobody guesses"
_TOKEN = re.compile(r'name="csrf-token" content="([^"]*)"')


class Browser:
    """One browser. ``get`` asks for pages; ``post`` sends a form with the token of the page that was shown last."""

    def __init__(self, app: FastAPI, loop: BlockingPortal | None = None) -> None:
        self.http = TestClient(app, ADDRESS, follow_redirects=False)
        self.http.portal = loop
        self.http.headers.update({"Accept": "text/html,*/*;q=0.8", "User-Agent": "a browser of the tests"})
        self.csrf = ""

    def get(self, path: str, **more: Any) -> httpx.Response:
        answer: httpx.Response = self.http.get(
            path, headers={"Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}, **more
        )
        self._remember(answer)
        return answer

    def post(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """As a form of the page that was shown last would."""
        headers = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
        answer: httpx.Response = self.http.post(path, data={"csrf": self.csrf, **(form or {})}, headers=headers, **more)
        self._remember(answer)
        return answer

    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        """As ``fetch`` of one of our scripts would: asks for JSON, with the token in a header."""
        headers = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
        headers |= {"X-CSRF-Token": self.csrf, **more.pop("headers", {})}
        answer: httpx.Response = self.http.request(method, path, headers=headers, **more)
        return answer

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        self.get("/sign-in")
        return self.post("/sign-in", {"name": name, "password": password})

    def begin_matter(self, services: Services, case_number: str = "") -> None:
        self.get("/matter")
        chosen = name_of(offered_purposes(services)[0])
        answer = self.post("/matter", {"chosen": chosen, "case_number": case_number})
        assert answer.status_code == 303, answer.text

    def _remember(self, answer: httpx.Response) -> None:
        found = _TOKEN.search(answer.text) if "html" in answer.headers.get("content-type", "") else None
        if found:
            self.csrf = found.group(1)


@dataclass
class Desk:
    """The desk of a test.

    Attributes:
        app: The application.
        town: What it stands on.
        agents: One of each role, by role; their names are ``ina``, ``sue``, ``rob``, ``aud`` and ``adam``.
        loop: In which every request is answered, as a server does; None: each in a loop of its own.
    """

    app: FastAPI
    town: Town
    agents: dict[Role, AgentAccount] = field(default_factory=dict)
    loop: BlockingPortal | None = None

    @property
    def services(self) -> Services:
        return self.town.services

    @property
    def clock(self) -> Clock:
        return self.town.clock

    @property
    def now(self) -> datetime:
        return self.town.clock.now()

    def browser(self) -> Browser:
        """A browser in which nobody is signed in."""
        return Browser(self.app, self.loop)

    def client(self, role: Role = Role.INVESTIGATOR, case_number: str = "26-1042", *, matter: bool = True) -> Browser:
        """A browser in which the agent of a role is signed in, on a matter."""
        made = self.browser()
        answer = made.sign_in(self.agents[role].name)
        assert answer.status_code == 303, answer.text
        if matter:
            made.begin_matter(self.services, case_number)
        made.get("/account")
        return made

    def with_web(self, **changes: Any) -> "Desk":
        """The same desk with other settings of ``web``; over the same installation."""
        return self.with_settings(web=self.services.settings.web.model_copy(update=changes))

    def with_settings(self, **sections: Any) -> "Desk":
        """The same desk with other sections of the settings; over the same installation."""
        services = replace(self.services, settings=self.services.settings.model_copy(update=sections))
        return replace(self, app=build_app(services), town=replace(self.town, services=services))

    def records(self, *actions: CustodyAction) -> list[CustodyRecord]:
        """What the custody log has of these acts, in order."""
        return [record for record in self.services.catalogue.custody.records() if record.entry.action in actions]


NAMES = dict(zip(Role, ("ina", "sue", "rob", "aud", "adam"), strict=True))


@contextmanager
def a_desk(town: Town, **more: Any) -> Iterator[Desk]:
    agents = {role: an_agent(town.services, name, role) for role, name in NAMES.items()}
    with start_blocking_portal() as loop:
        yield Desk(build_app(town.services, **more), town, agents, loop)


@contextmanager
def a_desk_again(settings: Settings, agents: dict[Role, AgentAccount]) -> Iterator[Desk]:
    """A desk over an installation that is there, and has these agents."""
    clock = Clock()
    with open_services(settings, clock.now) as services, start_blocking_portal() as loop:
        yield Desk(build_app(services), Town(services, clock, settings), dict(agents), loop)


def an_agent(services: Services, name: str, role: Role) -> AgentAccount:
    """As ``add_agent``, with a hash that is made once."""
    account = AgentAccount(new_id("ag"), name, role, True, services.now())
    entry = CustodyEntry(services.now(), "tester", CustodyAction.AGENT_ADDED, account.agent_id)
    services.catalogue.agents.add(account, _hash_by(passwords._hasher()), (entry,), first=False)
    return account


@cache
def _hash_by(hasher: PasswordHasher) -> str:
    return hasher.hash(PASSWORD)
