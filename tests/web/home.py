"""Home as residents meet it: an account for ``ann``, whose grant the town stands on, and one for ``bob``."""

from dataclasses import dataclass, field

from pipeline.casework.residents.accounts import add_resident
from pipeline.casework.residents.links import make_link
from pipeline.domain.residents import ResidentAccount
from tests.builders import RESIDENT
from tests.web.desk import Browser, Desk

ANN, BOB = RESIDENT, "bob"
MAILS = {ANN: "ann@example.org", BOB: "bob@example.org"}


@dataclass
class Home:
    """The door of residents of a desk.

    Attributes:
        desk: Behind which it stands.
        residents: By id.
    """

    desk: Desk
    residents: dict[str, ResidentAccount] = field(default_factory=dict)

    def client(self, resident_id: str = ANN) -> Browser:
        """A browser in which a resident is signed in, at their account's page."""
        made = self.desk.browser()
        answer = follow(made, make_link(self.desk.services, "tester", self.residents[resident_id]))
        assert answer == 303
        made.get("/home/account")
        return made


def follow(browser: Browser, secret: str) -> int:
    """Follows a link to sign in and presses its button; the status of the answer, or of the page without a button."""
    page = browser.get(f"/home/enter?link={secret}")
    if page.status_code != 200:
        return page.status_code
    return browser.post("/home/enter", {"link": secret}).status_code


def a_home(desk: Desk) -> Home:
    made = Home(desk)
    for resident_id, mail in MAILS.items():
        made.residents[resident_id] = add_resident(desk.services, "tester", resident_id, mail)
    return made
