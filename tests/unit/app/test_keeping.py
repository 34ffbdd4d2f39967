import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.state import Candidate, Phase, State
from telephony.legs import KeptLeg
from voxdesk.app.keeping import KeptCall, KeptPerson, Talk, pair, read
from voxdesk.kernel.call import CallId, Invite
from voxdesk.kernel.errors import ProtocolError
from voxdesk.testing.fake_legs import FakeNetwork

pytestmark = pytest.mark.unit

text = st.text(max_size=20)
names = st.text("abcdef0123456789", min_size=1, max_size=12)
states = st.builds(
    State,
    version=text,
    phase=st.sampled_from(Phase),
    step=text,
    language=st.sampled_from(["en", "zh"]),
    variables=st.dictionaries(text, st.one_of(text, st.integers(), st.none()), max_size=3),
    keys=st.text("0123456789", max_size=5),
    candidate=st.one_of(st.none(), st.builds(Candidate, value=text)),
)
calls = st.builds(
    KeptCall,
    call_id=names.map(CallId),
    invite=st.builds(Invite, text, text, headers=st.dictionaries(text, text, max_size=2)),
    other_end=text,
    started_at=st.datetimes(timezones=st.just(UTC)),
    flow=text,
    state=states,
    turn=st.integers(0, 100),
    transfers=st.integers(0, 10),
    talk=st.one_of(st.none(), st.builds(Talk, st.integers(1, 9), text, text, text)),
)


@given(calls)
def test_a_call_comes_back_as_it_was_kept(call: KeptCall) -> None:
    assert read(call.to_text()) == call


@given(names)
def test_a_persons_leg_comes_back_as_it_was_kept(call_id: str) -> None:
    person = KeptPerson(CallId(call_id), "sam")

    assert read(person.to_text()) == person


@given(st.one_of(text, st.recursive(st.none() | text, st.lists).map(json.dumps)))
def test_anything_else_is_refused_without_telling_what_it_was(anything: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        read(anything)

    if len(anything) > 12:
        assert anything not in str(refusal.value)


@given(calls, st.data())
def test_a_damaged_call_is_refused(call: KeptCall, data: Any) -> None:
    content = json.loads(call.to_text())
    del content[data.draw(st.sampled_from(sorted(content)))]

    with pytest.raises(ProtocolError):
        read(json.dumps(content))


def kept(content: KeptCall | KeptPerson | str) -> KeptLeg:
    leg = FakeNetwork().lines("near").dial("sip:a@b")
    written = content if isinstance(content, str) else content.to_text()
    return KeptLeg(leg, written, "PCMU/8000", secure=False, lost_ms=0, now_ms=20)


def a_call(name: str, *, talks: bool = False) -> KeptCall:
    talk = Talk(1, "queue", "support", "sam") if talks else None
    now = datetime(2026, 11, 26, tzinfo=UTC)
    return KeptCall(CallId(name), Invite("a", "b"), "", now, "shop", State(), talk=talk)


def test_a_caller_gets_the_person_back_whom_they_talked_with() -> None:
    alone, talking = kept(a_call("a1")), kept(a_call("a2", talks=True))
    person = kept(KeptPerson(CallId("a2"), "sam"))

    together, useless = pair([person, alone, talking])

    assert [(each.leg, each.person) for each in together] == [(alone, None), (talking, person)]
    assert useless == []


def test_legs_that_belong_to_no_call_are_named_so_that_they_can_be_hung_up() -> None:
    stranger = kept(KeptPerson(CallId("a9"), "sam"))
    unreadable = kept("{}")
    idle, early = kept(a_call("a1")), kept(KeptPerson(CallId("a1"), "ann"))

    together, useless = pair([stranger, unreadable, idle, early])

    assert [each.leg for each in together] == [idle]
    assert useless == [unreadable, stranger, early]
