import json
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dialog.dialogue import Dialogue
from dialog.events import Lookup
from dialog.trying import exchange
from dialog.trying.as_test import as_test, with_test
from dialog.trying.moves import (
    MAX_MOVES,
    Beginning,
    HandoverEnds,
    IsSilent,
    LookupEnds,
    MessageEnds,
    Move,
    Presses,
    Says,
    plain,
)
from dialog.trying.records import answer_from, answer_typed, read_records
from dialog.trying.trial import Misfit, Trial
from voxdesk.kernel.errors import FlowError

pytestmark = pytest.mark.unit
TODAY = date(2026, 11, 28)
SHIPPED = LookupEnds(
    outcome="found", record={"number": "4711", "status": "shipped", "eta": "2026-11-30"}
)


def says(*texts: str) -> Says:
    return Says(texts=texts)


def talk(counter: Dialogue, *moves: Move, language: str = "") -> Trial:
    trial = Trial.begin(counter, Beginning(today=TODAY, language=language))
    for move in moves:
        trial = trial.after(move)
    return trial


def heard(trial: Trial) -> str:
    return " ".join(said.text for said in trial.now.said)


# ------------------------------------------------------------------ talking


def test_a_talk_goes_as_a_call_would(counter: Dialogue) -> None:
    trial = talk(counter, says("order status"), says("4711"), SHIPPED, Presses(keys="9"))

    assert trial.path == (
        "greet", "menu", "number", "find", "status", "shipped", "more", "bye",
    )  # fmt: skip
    assert heard(trial) == "Thank you for calling. Goodbye."


def test_each_sentence_is_heard_at_its_step(counter: Dialogue) -> None:
    said = talk(counter).now.said

    assert [one.step for one in said] == ["greet", "menu"]


def test_days_count_from_the_day_of_the_talk(counter: Dialogue) -> None:
    assert "Monday, November 30th" in heard(
        talk(counter, says("order status"), says("4711"), SHIPPED)
    )


def test_the_second_guess_of_the_recognizer_counts_where_only_it_makes_sense(
    counter: Dialogue,
) -> None:
    trial = talk(counter, says("a retour hearse", "a return"))

    assert "returns" in trial.path


def test_a_talk_in_mandarin(counter: Dialogue) -> None:
    trial = talk(counter, says("营业时间"), language="zh")

    assert "星期一到星期六" in heard(trial)


def test_a_language_that_the_flow_lacks_is_refused_with_those_that_it_has(
    counter: Dialogue,
) -> None:
    with pytest.raises(Misfit, match=r'no language "fr".*\n.*en, zh'):
        talk(counter, language="fr")


def test_the_key_that_leaves_a_queue_leaves_it(counter: Dialogue) -> None:
    trial = talk(counter, says("a person"), Presses(keys="*"), Presses(keys="#"))

    assert trial.path[-3:] == ("people", "message", "bye")


@pytest.mark.parametrize(
    ("before", "move", "told"),
    [
        ([], HandoverEnds(outcome="busy"), "waits for the caller"),
        ([says("order status"), says("4711")], says("hello"), "looks up order, number 4711"),
        ([says("a person")], HandoverEnds(outcome="busy"), "left_queue"),
        ([says("a person")], says("hello"), 'in the queue "support"'),
        ([says("a person"), Presses(keys="*")], IsSilent(), "recorded or empty"),
        ([says("opening hours"), Presses(keys="9")], says("wait"), "the call is over"),
    ],
)
def test_what_cannot_happen_now_is_refused_with_what_can(
    counter: Dialogue, before: list[Move], move: Move, told: str
) -> None:
    trial = talk(counter, *before)

    with pytest.raises(Misfit, match=told):
        trial.after(move)


# ------------------------------------------------------------------ going back


def test_going_back_is_as_if_it_had_never_been_said(counter: Dialogue) -> None:
    before = talk(counter, says("order status"))
    after = before.after(says("4711")).after(SHIPPED)

    assert after.back() == before
    assert after.back().after(says("4711")).after(SHIPPED) == after


def test_before_the_beginning_there_is_nothing(counter: Dialogue) -> None:
    with pytest.raises(Misfit, match="beginning"):
        talk(counter).back()


MOVES = st.one_of(
    st.builds(
        says,
        st.sampled_from(["order status", "4711", "yes", "no", "a person", "go back", "嗯"]),
    ),
    st.builds(lambda keys: Presses(keys=keys), st.text("0123456789*#", min_size=1, max_size=6)),
    st.just(IsSilent()),
    st.sampled_from(["connected", "left_queue", "no_agents"]).map(
        lambda outcome: HandoverEnds.model_validate({"outcome": outcome})
    ),
    st.booleans().map(lambda recorded: MessageEnds(recorded=recorded)),
    st.sampled_from([SHIPPED, LookupEnds(outcome="missing"), LookupEnds(outcome="failed")]),
)


@given(st.lists(MOVES, max_size=12))
def test_what_is_kept_of_a_talk_makes_the_same_talk_again(
    counter: Dialogue, moves: list[Move]
) -> None:
    trial = talk(counter)
    for move in moves:
        try:
            trial = trial.after(move)
        except Misfit:
            continue

    kept = trial.talk.model_validate_json(trial.talk.model_dump_json())

    assert Trial.resumed(counter, kept) == trial


# ------------------------------------------------------------------ JSON in and out


def exchanged(reply: Any) -> Any:
    """As a client gets it and sends it back."""
    return json.loads(json.dumps(reply))


def test_a_whole_talk_over_json(counter: Dialogue) -> None:
    reply = exchanged(exchange.start(counter, {"today": "2026-11-28"}))
    assert [one["step"] for one in reply["heard"]] == ["greet", "menu"]
    assert reply["waiting"]["for"] == "caller"
    assert reply["waiting"]["choices"][0]["value"] == "status"

    for move in ({"do": "say", "texts": ["order status"]}, {"do": "keys", "keys": "4711#"}):
        reply = exchanged(exchange.move(counter, {"talk": reply["talk"], "move": move}))
    assert reply["waiting"] == {"for": "lookup", "what": "order", "by": {"number": "4711"}}

    found = {"do": "lookup", "outcome": "found", "record": {"number": "4711", "status": "shipped"}}
    reply = exchanged(exchange.move(counter, {"talk": reply["talk"], "move": found}))
    assert reply["steps"] == ["status", "shipped", "more"]
    assert reply["variables"]["order"]["status"] == "shipped"

    reply = exchanged(exchange.undo(counter, {"talk": reply["talk"], "moves": 2}))
    assert reply["step"] == "menu"


def test_lookups_are_answered_by_whoever_serves(counter: Dialogue) -> None:
    def answer(lookup: Lookup) -> LookupEnds:
        return answer_from({("order", "4711"): {"status": "shipped"}}, lookup)

    reply = exchange.start(counter, {"today": "2026-11-28"})
    for text in ("order status", "4711"):
        move = {"do": "say", "texts": [text]}
        reply = exchange.move(counter, {"talk": reply["talk"], "move": move}, answer=answer)

    assert reply["steps"] == ["find", "status", "shipped", "more"]
    assert reply["talk"]["moves"][-1]["do"] == "lookup"


@pytest.mark.parametrize(
    ("move", "told"),
    [
        ({"do": "fly"}, "fly|do"),
        ({"do": "say", "texts": []}, "texts"),
        ({"do": "say", "texts": ["x" * 501]}, "500"),
        ({"do": "say", "texts": ["x"] * 11}, "texts"),
        ({"do": "say", "texts": ["x"], "confidence": 2}, "confidence"),
        ({"do": "keys", "keys": "4711A"}, "keys"),
        ({"do": "keys", "keys": "1" * 65}, "keys"),
        ({"do": "handover", "outcome": "vanished"}, "outcome"),
        ({"do": "lookup", "outcome": "found", "record": {"x": "y" * 20_001}}, "20000"),
        ({"do": "silence", "more": 1}, "more"),
        (None, "move"),
        ("say", "move"),
    ],
)
def test_a_wrong_move_is_named(counter: Dialogue, move: Any, told: str) -> None:
    reply = exchange.start(counter, {"today": "2026-11-28"})

    with pytest.raises(Misfit, match=told):
        exchange.move(counter, {"talk": reply["talk"], "move": move})


def test_a_talk_with_another_version_is_refused(counter: Dialogue) -> None:
    kept = exchange.start(counter, {"today": "2026-11-28"})["talk"] | {"version": "older"}

    with pytest.raises(Misfit, match="version older"):
        exchange.move(counter, {"talk": kept, "move": {"do": "silence"}})


def test_a_talk_has_an_end(counter: Dialogue) -> None:
    reply = exchange.start(counter, {"today": "2026-11-28"})
    kept = reply["talk"] | {"moves": [{"do": "silence"}] * (MAX_MOVES + 1)}

    with pytest.raises(Misfit, match="moves"):
        exchange.move(counter, {"talk": kept, "move": {"do": "silence"}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(JSON, JSON)
def test_any_json_at_all_is_answered_or_refused(
    counter: Dialogue, beginning: Any, move: Any
) -> None:
    kept = exchange.start(counter, {"today": "2026-11-28"})["talk"]
    for ask in (
        lambda: exchange.start(counter, {"today": "2026-11-28", "caller": beginning}),
        lambda: exchange.move(counter, {"talk": kept, "move": move}),
        lambda: exchange.undo(counter, {"talk": beginning, "moves": move}),
    ):
        try:
            json.dumps(ask())
        except Misfit:
            continue


# ------------------------------------------------------------------ records


def test_records_come_from_a_file() -> None:
    records = read_records(b'order:\n  "4711": {status: shipped}\n  "1": null\n', path="r.yaml")
    lookup = Lookup(1, "order", {"number": "4711"})

    assert answer_from(records, lookup).record == {"number": "4711", "status": "shipped"}
    for number in ("1", "2"):
        lookup = Lookup(1, "order", {"number": number})
        assert answer_from(records, lookup).outcome == "missing"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a", "r.yaml:1"),
        ("order: 4711", 'r.yaml:1  "order" must be numbers'),
        ('order:\n  "4711": shipped', 'r.yaml:2  "order.4711" must be fields'),
        ("order: [", "r.yaml:1:9  A value is missing"),
        ("order: {1: {item: Tea, black}}", 'r.yaml:1  "black" stands between commas'),
    ],
)
def test_a_wrong_file_of_records_is_named_with_its_line(text: str, told: str) -> None:
    with pytest.raises(FlowError, match=told):
        read_records(text.encode(), path="r.yaml")


@pytest.mark.parametrize(
    ("typed", "outcome", "fields"),
    [
        ("yes", "found", {"number": "4711"}),
        ("No", "missing", {}),
        ("failed", "failed", {}),
        ("status: shipped, total_cents: 5990", "found", {"status": "shipped"}),
        ("{status: shipped}", "found", {"status": "shipped"}),
    ],
)
def test_a_lookup_is_answered_in_a_word_or_by_fields(
    typed: str, outcome: str, fields: dict[str, str]
) -> None:
    found = answer_typed(typed, Lookup(1, "order", {"number": "4711"}))

    assert found is not None
    assert found.outcome == outcome
    assert fields.items() <= found.record.items()


@given(st.text(max_size=60))
def test_whatever_is_typed_at_a_lookup_is_an_answer_or_none(typed: str) -> None:
    answer_typed(typed, Lookup(1, "order", {"number": "4711"}))


# ------------------------------------------------------------------ tests made of talks


def test_a_talk_becomes_a_test_with_all_that_it_needs(counter: Dialogue) -> None:
    found = as_test(talk(counter, says("order status"), says("4711"), SHIPPED, Presses(keys="9")))

    assert found["today"] == "2026-11-28"
    assert found["records"] == {"order": {"4711": SHIPPED.record}}
    assert [line.get("caller") or line.get("keys") for line in found["conversation"]] == [
        None, "order status", "4711", "9",
    ]  # fmt: skip
    assert found["conversation"][-1]["hears"] == "Thank you for calling. Goodbye."
    assert found["conversation"][-1]["ended"] == "done"


def test_a_crm_that_was_away_is_away_in_the_test(counter: Dialogue) -> None:
    failed = LookupEnds(outcome="failed")
    trial = talk(
        counter, says("order status"), says("4711"), failed, HandoverEnds(outcome="no_agents")
    )

    lines = as_test(trial)["conversation"]

    assert lines[2] == {"crm": "away"}
    assert lines[3]["queued"] == "support"
    assert lines[4] == {"crm": "there"}
    assert lines[5]["queue"] == "no_agents"


def test_a_test_is_added_and_the_file_stays_as_it_was_written(counter: Dialogue) -> None:
    before = "# Ours.\ntests:\n  greets:  # first\n    conversation:\n      - hears: 'Hello'\n"

    after = with_test(before, "说 hours # 1", talk(counter, says("opening hours")), path="t.yaml")

    assert after.startswith(before)
    assert list(YAML(typ="safe").load(after)["tests"]) == ["greets", "说 hours # 1"]


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("tests:\n  greets: {}\n", "greets", 'a test "greets" already'),
        ("tests: [a]\n", "x", 'needs "tests"'),
        ("- a\n", "x", 'needs "tests"'),
        ("tests: {\n", "x", "t.yaml"),
        ("", "  ", "a test's name"),
        ("", "x" * 121, "a test's name"),
    ],
)
def test_a_file_that_cannot_take_a_test_is_left_alone(
    counter: Dialogue, text: str, name: str, told: str
) -> None:
    with pytest.raises(FlowError, match=told):
        with_test(text, name, talk(counter), path="t.yaml")


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_any_name_and_any_words_survive_the_file(counter: Dialogue, name: str, words: str) -> None:
    assume(plain(name) and plain(words))
    text = with_test("", name, talk(counter, says(words)), path="t.yaml")

    tests = YAML(typ="safe").load(text)["tests"]
    assert list(tests) == [plain(name)]
    assert tests[plain(name)]["conversation"][1]["caller"] == plain(words)
