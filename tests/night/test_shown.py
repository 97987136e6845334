"""What may be shown is asked of the grants of the moment, however many events there are."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from pipeline.consent.grants import pause
from pipeline.domain.consent import Use
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.search import EventFilter
from pipeline.errors import ConsentPausedError
from pipeline.night.shown import require_for_highlight, visible
from pipeline.retention.revocation import save_grant
from pipeline.settings import Settings, StoreSettings
from tests.builders import CAMERA, PURPOSE, RECIPIENT
from tests.retention.story import Town, a_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(Settings(store=StoreSettings(directory=tmp_path / "store"))) as town:
        yield town


def test_what_is_shown_ends_with_the_grant_and_a_camera_is_asked_once_for_all_its_events(town: Town) -> None:
    grant = town.grant()
    kept = [town.keep(str(minute), minutes=minute) for minute in (0, 5, 9)]
    catalogue = town.services.catalogue
    found = catalogue.search.find(EventFilter())
    with patch.object(catalogue.grants, "latest_of_camera", wraps=catalogue.grants.latest_of_camera) as read:
        desk = town.services.consent(PURPOSE, RECIPIENT)
        assert visible(town.services, desk, found) == found
        assert [call.args for call in read.call_args_list] == [(CAMERA,)]
        assert kept[0].highlight is not None
        assert require_for_highlight(town.services, desk, Use.VIEW, kept[0].highlight.highlight_id).grant == grant
        assert len(read.call_args_list) == 2
    paused = pause(grant, town.clock.now(), town.services.key)
    save_grant(town.services, paused, CustodyAction.GRANT_PAUSED, "tester")
    assert visible(town.services, desk, found) == ()
    with pytest.raises(ConsentPausedError):
        require_for_highlight(town.services, desk, Use.VIEW, kept[0].highlight.highlight_id)
