"""For each route of home whose path names a thing: one that is ann's own, and one that is there and bob's.

``tests/web/test_home_matrix.py`` walks every route with them. Whoever adds such a route adds a line to ``BELONGINGS``.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.builders import CAMERA
from tests.catalogue.stories import a_camera, an_account
from tests.web.home import BOB, Home
from tests.web.partner_things import HOME_PARTNER
from tests.web.request_things import HOME_REQUESTS
from tests.web.resident_things import RESIDENTS
from tests.web.things import Things


def _grants(home: Home) -> Things:
    """Ann's grant, and one of bob's."""
    if "gr-bobs" not in {one.grant.grant_id for one in home.desk.services.catalogue.grants.latest()}:
        home.desk.town.grant(grant_id="gr-bobs", resident_id=BOB, camera_ids=())
    return Things({"grant_id": "gr-1"}, {"grant_id": "gr-bobs"}, {"grant_id": "gr-nowhere"})


def _cameras(home: Home) -> Things:
    bobs = replace(a_camera(), camera_id="ring:77", account_id="ring-bob", owner_id=BOB)
    home.desk.services.catalogue.accounts.save(
        replace(an_account(), account_id="ring-bob", resident_id=BOB), "", "bobs", b"", []
    )
    home.desk.services.catalogue.cameras.save([bobs])
    return Things({"camera_id": CAMERA}, {"camera_id": "ring:77"}, {"camera_id": "ring:404"})


BELONGINGS: Mapping[str, Callable[[Home], Things]] = {
    "home_grant": _grants,
    "home_grant_edit": _grants,
    "home_grant_pause": _grants,
    "home_grant_resume": _grants,
    "home_grant_ending": _grants,
    "home_grant_revoke": _grants,
    "home_receipt": _grants,
    "home_receipt_record": _grants,
    "home_receipt_paper": _grants,
    "home_still": _cameras,
    **HOME_PARTNER,
    **HOME_REQUESTS,
    **RESIDENTS,
}
"""By name of the route."""
