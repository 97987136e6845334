"""The desk reads grants anew for every answer, and once for the questions behind one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.consent.desk import ConsentDesk
from pipeline.consent.grants import revoke, sign_grant
from pipeline.domain.cameras import Camera
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.events import EventKind
from pipeline.errors import ConsentRevokedError
from pipeline.evidence.signing import KeyRing, SigningKey
from tests.builders import CAMERA, EVENING, PURPOSE, RECIPIENT, a_grant
from tests.catalogue.stories import a_camera


@dataclass
class Kept:
    """The newest version of one grant, and how often it was read."""

    newest: SignedGrant
    read: list[str] = field(default_factory=list)

    def of(self, camera_id: str) -> Sequence[SignedGrant]:
        self.read.append(camera_id)
        return (self.newest,)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey.at(tmp_path / "signing.pem")


def a_desk(kept: Kept, key: SigningKey) -> ConsentDesk:
    return ConsentDesk(kept.of, KeyRing([key.verifying]), lambda: EVENING, purpose=PURPOSE, recipient=RECIPIENT)


def ask(desk: ConsentDesk, camera: Camera) -> SignedGrant:
    return desk.require(Use.VIEW, camera, EVENING, EventKind.PERSON_VISIT)


def test_a_revocation_between_two_questions_refuses_the_second(key: SigningKey) -> None:
    kept, camera = Kept(sign_grant(a_grant(), key)), a_camera()
    desk = a_desk(kept, key)
    assert ask(desk, camera) == kept.newest
    kept.newest = revoke(kept.newest.grant, EVENING, key)
    with pytest.raises(ConsentRevokedError):
        ask(desk, camera)
    assert kept.read == [CAMERA, CAMERA]


def test_the_questions_behind_one_answer_read_a_camera_once_and_the_next_answer_reads_anew(key: SigningKey) -> None:
    kept, camera = Kept(sign_grant(a_grant(), key)), a_camera()
    desk = a_desk(kept, key)
    once = desk.for_one_answer()
    for _ in range(3):
        assert not once.asks_for_places(camera)
        assert ask(once.for_one_answer(), camera) == kept.newest
    assert kept.read == [CAMERA]
    kept.newest = revoke(kept.newest.grant, EVENING, key)
    with pytest.raises(ConsentRevokedError):
        ask(desk.for_one_answer(), camera)
    assert kept.read == [CAMERA, CAMERA]
