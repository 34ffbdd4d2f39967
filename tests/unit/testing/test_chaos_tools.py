"""What the attacks are made of: repeatable, and only ever for this machine."""

import pytest

from tests.chaos.gun import Shots, fire
from tests.chaos.mutants import Mutants
from tests.chaos.requests import Stranger
from voxdesk.testing.sip_message import NotLoopback, SipMessage

pytestmark = pytest.mark.unit


def test_a_datagram_that_broke_something_can_be_made_again() -> None:
    one, other = (Mutants("127.0.0.1:5060", "127.0.0.1:7000", seed=3) for _ in range(2))
    before = [one.datagram(number) for number in range(200)]

    assert other.datagram(150) == before[150]
    assert len(set(before)) > 190
    assert all(0 < len(datagram) <= 65_507 for datagram in before)


def test_what_a_stranger_writes_is_correct_until_it_is_broken() -> None:
    request = Stranger("127.0.0.1:5060", "127.0.0.66:7000").request("INVITE")

    message = SipMessage.parse(request.encode())

    assert message.method == "INVITE"
    assert message.get("Content-Length") == str(len(request.body))
    assert message.from_tag
    assert not message.to_tag


def test_no_attack_leaves_this_machine() -> None:
    with pytest.raises(NotLoopback):
        fire(Shots("flood", "192.0.2.1:5060", 1))
    with pytest.raises((NotLoopback, OSError)):
        fire(Shots("flood", "127.0.0.1:9", 1, hosts=("192.0.2.1",)))
