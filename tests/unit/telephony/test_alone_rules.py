import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.line.gate import WAITING_AT_MOST, Gate
from telephony.line.vigil import Duty, Vigil
from telephony.messages import FromLine, LegAudio, LegDigit, LegEnded, LegPlayed

pytestmark = pytest.mark.unit

moments = st.lists(st.floats(0, 100), max_size=30).map(sorted)


@given(moments, st.floats(1, 60), st.floats(1, 30))
def test_patience_is_asked_for_before_giving_up_and_each_thing_is_done_once(
    times: list[float], patience_s: float, last_words_s: float
) -> None:
    vigil = Vigil(0.0, patience_s, last_words_s)
    done = [(now_s, duty) for now_s in times if (duty := vigil.due(now_s)) is not None]

    assert [duty for _, duty in done] == list(Duty)[: len(done)]
    for now_s, duty in done:
        if duty is not Duty.ASK_FOR_PATIENCE:
            assert now_s >= patience_s
        if duty is Duty.END:
            assert now_s >= patience_s + last_words_s


@given(moments)
def test_a_vigil_has_an_end(times: list[float]) -> None:
    vigil = Vigil(0.0, 10.0, 12.0)
    for now_s in [*times, 1000.0, 1001.0, 1002.0]:
        vigil.due(now_s)

    assert vigil.due(2000.0) is None


def test_what_happens_while_nobody_has_the_leg_is_told_in_order_at_the_opening() -> None:
    told: list[FromLine] = []
    gate = Gate(told.append)
    gate(LegDigit(1, "1", "info", 0))
    gate.shut()

    gate(LegDigit(1, "2", "info", 20))
    gate(LegAudio(1, 0, b""))
    gate(LegPlayed(1, 7, 20, finished=False, at_ms=20))
    gate(LegEnded(1, "caller_hung_up"))
    assert told == [LegDigit(1, "1", "info", 0)]
    gate.open()

    assert told[1:] == [LegDigit(1, "2", "info", 20), LegEnded(1, "caller_hung_up")]
    gate(LegAudio(1, 320, b""))
    assert told[-1] == LegAudio(1, 320, b"")


def test_a_caller_who_hammers_the_keys_can_not_fill_the_memory_and_the_end_is_never_lost() -> None:
    told: list[FromLine] = []
    gate = Gate(told.append)
    gate.shut()
    for _ in range(10_000):
        gate(LegDigit(1, "9", "info", 0))
    gate(LegEnded(1, "caller_hung_up"))

    gate.open()

    assert len(told) == WAITING_AT_MOST
    assert told[-1] == LegEnded(1, "caller_hung_up")
