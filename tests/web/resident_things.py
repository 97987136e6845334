"""Sessions, linked accounts and cameras of residents: what the routes of home are walked with."""

from collections.abc import Callable, Mapping

from pipeline.casework.residents.sessions import live_resident_sessions
from pipeline.domain.cameras import Account
from tests.catalogue.stories import a_camera
from tests.web.home import ANN, BOB, Home
from tests.web.things import Things


def _sessions(home: Home) -> Things:
    for resident_id in (ANN, BOB):
        home.client(resident_id)
    own, hidden = (live_resident_sessions(home.desk.services, one)[-1].session_id for one in (ANN, BOB))
    return Things({"session_id": own}, {"session_id": hidden}, {"session_id": "rs-000000000000"})


def _accounts(home: Home) -> Things:
    for resident_id in (ANN, BOB):
        account = Account(f"ring-{resident_id}", resident_id, "ring")
        home.desk.services.catalogue.accounts.save(account, "", f"user of {resident_id}", b"sealed")
    own, hidden = ({"account_id": f"ring-{one}"} for one in (ANN, BOB))
    return Things(own, hidden, {"account_id": "ring-none"})


def _cameras(home: Home) -> Things:
    _accounts(home)
    for number, resident_id in ((7001, ANN), (7002, BOB)):
        camera = a_camera(camera_id=f"ring:{number}", account_id=f"ring-{resident_id}", owner_id=resident_id)
        home.desk.services.catalogue.cameras.save([camera])
    own, hidden, absent = ({"camera_id": f"ring:{number}"} for number in (7001, 7002, 7003))
    return Things(own, hidden, absent, {"address": "Oak Street"})


RESIDENTS: Mapping[str, Callable[[Home], Things]] = {
    "home_session_end": _sessions,
    "home_ring_unlink": _accounts,
    "home_ring_unlinked": _accounts,
    "home_camera_address": _cameras,
}
