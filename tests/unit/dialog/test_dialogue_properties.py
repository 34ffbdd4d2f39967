import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.event_log import event_from_json, event_to_json
from dialog.events import (
    Act,
    ActDone,
    DigitsTimedOut,
    Enqueue,
    Event,
    HangUp,
    Heard,
    Listen,
    Lookup,
    LookupDone,
    LookupFailed,
    Match,
    MessageDone,
    NoInput,
    Pressed,
    PromptFinished,
    RecordMessage,
    Resumed,
    Say,
    Search,
    SearchDone,
    SearchFailed,
    Started,
    StillWaiting,
    Transfer,
    TransferDone,
)
from dialog.state import Phase, State
from voxdesk.kernel.speech import Hypothesis, Transcript

pytestmark = pytest.mark.unit

WAITS = Listen | Lookup | Search | Act | Transfer | Enqueue | RecordMessage | HangUp
# Twice the steps of the flow, each with its whole ladder, would be far more than this.
ENDS_WITHIN = 40


def _transcript(texts: list[str]) -> Transcript:
    return Transcript(tuple(Hypothesis(text, 0.9 - 0.3 * n) for n, text in enumerate(texts)))


words = st.one_of(
    st.sampled_from(
        [
            "order status", "a return", "opening hours", "agent", "yes", "no", "what", "go back",
            "start over", "four seven one one", "4711", "47", "no, 4712", "hold on", "Chinese",
            "英文", "四七幺幺", "不是", "人工", "7 " * 40, "blue bananas", "", "that's all",
        ]
    ),
    st.text(max_size=30),
)  # fmt: skip
heard = st.builds(
    Heard,
    st.lists(words, max_size=3).map(_transcript),
    st.booleans(),
    st.floats(0, 1),
)
orders = st.fixed_dictionaries(
    {
        "number": st.sampled_from(["4711", "4712", ""]),
        "status": st.sampled_from(
            ["processing", "shipped", "delivered", "cancelled", "returned", "lost"]
        ),
        "total_cents": st.one_of(st.none(), st.integers(-5, 10**7), st.just("much")),
        "currency": st.sampled_from(["USD", "EUR", "XYZ", ""]),
        "eta": st.sampled_from(["2026-11-24", "", "soon"]),
        "delivered_on": st.sampled_from(["2026-11-20", "", "never"]),
        "carrier": st.sampled_from(["UPS", ""]),
    }
)
callers = st.fixed_dictionaries(
    {},
    optional={
        "first_name": st.text(max_size=10),
        "display_name": st.one_of(st.none(), st.text(max_size=10)),
        "language": st.sampled_from(["en", "zh-CN", "fr", "", None]),
    },
)
outcomes = st.sampled_from(
    ["connected", "busy", "no_answer", "refused", "failed", "no_agents", "left_queue", "timed_out"]
)
matches = st.builds(
    Match, st.sampled_from(["shop/returns", "shop/gone", "no such"]), st.floats(0, 1)
)
events = st.one_of(
    heard,
    heard,
    st.builds(Pressed, st.sampled_from("0123456789*#ABCD")),
    st.builds(DigitsTimedOut),
    st.builds(NoInput),
    st.builds(PromptFinished),
    st.builds(LookupDone, st.integers(0, 5), st.booleans(), orders),
    st.builds(LookupFailed, st.integers(0, 5), st.just("away")),
    st.builds(
        ActDone,
        st.integers(0, 5),
        st.sampled_from(["done", "refused", "failed"]),
        orders,
        st.sampled_from(["", "shipped", "unknown", "already"]),
    ),
    st.builds(StillWaiting, st.integers(0, 5), st.integers(0, 3)),
    st.builds(SearchDone, st.integers(0, 5), st.lists(matches, max_size=3).map(tuple)),
    st.builds(SearchFailed, st.integers(0, 5), st.just("away")),
    st.builds(TransferDone, outcomes),
    st.builds(MessageDone, st.booleans()),
    st.builds(Started, callers),
    st.builds(Resumed),
)
started = st.builds(Started, callers, st.just("100"), st.sampled_from(["2026-11-21", "", "today"]))


def _pending(state: State, pending: object, actions: list[object]) -> object:
    """What the call waits for after these actions."""
    waits = [action for action in actions if isinstance(action, WAITS)]
    assert len(waits) <= 1, "one thing is waited for at a time"
    if state.phase is Phase.ENDED and not isinstance(pending, HangUp):
        assert waits
        assert isinstance(waits[0], HangUp)
    return waits[0] if waits else pending


WAIT_OF = {
    Phase.LISTENING: Listen,
    Phase.CONFIRMING: Listen,
    Phase.LOOKING_UP: Lookup,
    Phase.SEARCHING: Search,
    Phase.ACTING: Act,
    Phase.HANDED_OVER: Transfer | Enqueue,
    Phase.RECORDING: RecordMessage,
    Phase.ENDED: HangUp,
}


@given(started, st.lists(events, max_size=40))
@settings(deadline=None)
def test_any_events_in_any_order_leave_the_call_waiting_for_something_or_ended(
    shop: Dialogue, first: Started, others: list[Event]
) -> None:
    state, pending = shop.initial_state(), None
    for event in [first, *others]:
        state, actions = shop.step(state, event)
        pending = _pending(state, pending, list(actions))
        assert isinstance(pending, WAIT_OF[state.phase])


@given(started, st.lists(events, max_size=25))
@settings(deadline=None)
def test_the_same_log_makes_the_same_call_and_survives_as_json(
    shop: Dialogue, first: Started, others: list[Event]
) -> None:
    state = shop.initial_state()
    copy = state
    for event in [first, *others]:
        state, actions = shop.step(state, event)
        stored = json.loads(json.dumps(event_to_json(event)))
        copy = State.from_json(json.loads(json.dumps(copy.to_json())))
        copy, same = shop.step(copy, event_from_json(stored))

        assert same == actions
        assert copy == state


def _left_alone(pending: object, outcome: str) -> Event:
    """What happens when the caller does nothing at all."""
    if isinstance(pending, Lookup):
        return LookupFailed(pending.token, "away")
    if isinstance(pending, Search):
        return SearchFailed(pending.token, "away")
    if isinstance(pending, Act):
        return ActDone(pending.token, "failed", reason="away")
    if isinstance(pending, Transfer | Enqueue):
        return TransferDone(outcome)
    if isinstance(pending, RecordMessage):
        return MessageDone(recorded=False)
    return NoInput()


@given(started, st.lists(events, max_size=15), outcomes)
@settings(deadline=None)
def test_whatever_happened_before_a_silent_call_ends_soon(
    shop: Dialogue, first: Started, others: list[Event], outcome: str
) -> None:
    state, pending = shop.initial_state(), None
    for event in [first, *others]:
        state, actions = shop.step(state, event)
        pending = _pending(state, pending, list(actions))

    for _ in range(ENDS_WITHIN):
        if state.phase is Phase.ENDED:
            break
        state, actions = shop.step(state, _left_alone(pending, outcome))
        pending = _pending(state, pending, list(actions))

    assert state.phase is Phase.ENDED


@given(started, st.lists(st.one_of(heard, st.builds(Pressed, st.sampled_from("0123456789*#")))))
@settings(deadline=None)
def test_a_caller_can_always_get_a_person(
    shop: Dialogue, first: Started, others: list[Event]
) -> None:
    state, pending = shop.initial_state(), None
    for event in [first, *others]:
        state, actions = shop.step(state, event)
        pending = _pending(state, pending, list(actions))
    wish = "转人工" if state.language == "zh" else "speak to a person"

    if state.phase in {Phase.LISTENING, Phase.CONFIRMING, Phase.LOOKING_UP}:
        state, actions = shop.step(state, Heard(Transcript((Hypothesis(wish, 0.9),))))

        assert any(isinstance(action, Enqueue) for action in actions)


@given(started, st.lists(events, max_size=25))
@settings(deadline=None)
def test_a_call_that_another_engine_takes_up_waits_for_the_same_thing_and_has_lost_nothing(
    shop: Dialogue, first: Started, others: list[Event]
) -> None:
    state, pending = shop.initial_state(), None
    for event in [first, *others]:
        state, actions = shop.step(state, event)
        pending = _pending(state, pending, list(actions))

    resumed, actions = shop.step(State.from_json(state.to_json()), Resumed())

    assert isinstance(_pending(resumed, None, list(actions)), type(pending))
    assert (resumed.step, resumed.phase) == (state.step, state.phase)
    assert resumed.variables == state.variables
    assert resumed.candidate == state.candidate
    if resumed.phase in {Phase.LISTENING, Phase.CONFIRMING}:
        assert sum(isinstance(action, Say) for action in actions) > 1, "what was asked, again"


def test_an_unknown_event_in_a_log_is_named() -> None:
    with pytest.raises(ValueError, match="Heard"):
        event_from_json({"event": "Sneezed"})
