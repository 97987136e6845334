"""Somebody who has come so far in signing in, and no further."""

import pyotp

from pipeline.casework.agents.accounts import reset
from pipeline.casework.agents.one_time import begin_enrolment, finish_enrolment
from pipeline.domain.agents import Role, Stage
from pipeline.web.refusals import STEPS
from tests.web.desk import PASSWORD, Browser, Desk, an_agent


def enrolled(desk: Desk, name: str) -> pyotp.TOTP:
    """Sets one-time codes up for an agent; gives what their telephone would show."""
    account = desk.services.catalogue.agents.named(name)
    begun = begin_enrolment(desk.services, account)
    totp = pyotp.TOTP(begun.secret)
    finish_enrolment(desk.services, account, begun.sealed, totp.at(desk.now))
    return totp


def halfway(desk: Desk, stage: Stage) -> tuple[Browser, str]:
    """A browser that stands at a step, and where the step is."""
    name, password = f"half {stage.value}", PASSWORD
    account = an_agent(desk.services, name, Role.SUPERVISOR)
    if stage is Stage.CODE:
        enrolled(desk, name)
    if stage is Stage.RENEW:
        password = reset(desk.services, "tester", account)
    made = desk.with_web(second_factor=True).browser() if stage is Stage.ENROL else desk.browser()
    answer = made.sign_in(name, password)
    assert answer.headers["location"] == STEPS[stage]
    return made, STEPS[stage]
