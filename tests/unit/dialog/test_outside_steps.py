"""Lookups in services, and things that are done: what callers hear, and what is checked."""

import pytest

from dialog.catalogue import CRM, Catalogue, Kind
from dialog.dialogue import Dialogue
from dialog.event_log import event_from_json, event_to_json
from dialog.events import Act, ActDone, Enqueue, Resumed, StillWaiting
from dialog.flow import Flow
from dialog.flow_file import check_text
from dialog.flow_graph.model import graph_of
from dialog.flow_tests.coverage import Coverage
from dialog.flow_tests.reading import CheckedTests, check_tests
from dialog.flow_tests.running import Outcome, run_test
from dialog.flow_tests.script import FlowTest
from dialog.flow_tests.walker import walk
from dialog.flow_tests.writing import written
from dialog.prompts import Prompts
from dialog.state import State
from dialog.text_call import TextCall
from dialog.trying.as_test import as_test, with_test
from dialog.trying.moves import ActEnds, Beginning, LookupEnds, Presses, Says
from dialog.trying.trial import Misfit, Trial

pytestmark = pytest.mark.unit

STOCK = Kind(("sku",), ("count", "due"), ("site",))
HOLD = Kind(("sku",), ("number",), ("site",), ("taken",))
OPEN = CRM.and_also(Catalogue({"shop.stock": STOCK}, {"shop.hold": HOLD}))
FLOW = """
person: people
steps:
  article: {ask: digits, prompt: Which one?, slot: sku, min_digits: 2, max_digits: 4, then: look}
  look:
    lookup: shop.stock
    by: {sku: "{{ sku }}"}
    prompt: I look.
    timeout_s: 20
    found: some
    missing: none
    failed: people
  some: {ask: yes_no, prompt: "There are {{ stock.count }}. Yours?", yes: hold, no: bye}
  none: {say: We have no such thing., then: article}
  hold:
    do: shop.hold
    with: {sku: "{{ sku }}", site: "{{ caller.phone }}"}
    done: held
    refused: why
    failed: people
  held: {say: "It is yours, number {{ hold.number }}.", then: bye}
  why: {say: "Sorry, it is {{ hold.reason }}.", then: bye}
  people: {queue: desk, then: bye, left_queue: bye, timed_out: bye, no_agents: bye, failed: bye}
  bye: {end: Goodbye.}
"""
THERE = {("shop.stock", "11"): {"count": 3}}


@pytest.fixture(scope="module")
def shop(prompts: Prompts) -> Dialogue:
    return Dialogue(flow_of(FLOW), prompts)


def flow_of(text: str) -> Flow:
    checked = check_text(text.encode(), name="shop", path="shop.yaml", catalogue=OPEN)
    assert checked.report == ""
    assert checked.flow is not None
    return checked.flow


def at_hold(shop: Dialogue, **outside: float | None) -> TextCall:
    takes = {name.replace("_", "."): seconds for name, seconds in outside.items()}
    return TextCall(shop, records=THERE, outside=takes).says("one one")


# ------------------------------------------------------------------ what callers hear


def test_a_quick_answer_is_heard_without_a_word_between(shop: Dialogue) -> None:
    assert at_hold(shop).heard_now == "I look. There are 3. Yours?"


@pytest.mark.parametrize(
    ("takes_s", "words"),
    [(1.4, 0), (2.0, 1), (9.0, 1), (10.0, 2), (18.0, 3)],
)
def test_a_slow_answer_is_heard_to_be_slow(shop: Dialogue, takes_s: float, words: int) -> None:
    heard = at_hold(shop, shop_stock=takes_s).heard_now

    assert heard.count("One moment, please.") == min(words, 1)
    assert heard.count("Thank you for waiting.") == max(0, words - 1)
    assert heard.endswith("There are 3. Yours?")


def test_an_answer_that_comes_too_late_is_an_apology_and_a_way_on(shop: Dialogue) -> None:
    call = at_hold(shop, shop_stock=40.0)

    assert "One moment, please." in call.heard_now
    assert "Sorry, that isn't working just now." in call.heard_now
    assert isinstance(call.pending, Enqueue)


def test_a_flow_s_own_apology_is_not_said_twice(prompts: Prompts) -> None:
    text = FLOW.replace("    failed: people\n  some", "    failed: sorry\n  some")
    own = Dialogue(flow_of(text + "  sorry: {say: Our shelves are dark., then: bye}\n"), prompts)

    heard = at_hold(own, shop_stock=None).heard_now

    assert heard == "I look. Our shelves are dark. Goodbye."


def test_something_is_done_refused_or_fails(shop: Dialogue) -> None:
    done = TextCall(shop, records={**THERE, ("shop.hold", "11"): {"number": "7"}})
    assert done.says("one one").says("yes").heard_now == "It is yours, number 7. Goodbye."
    refused = TextCall(shop, records={**THERE, ("shop.hold", "11"): {"refused": "taken"}})
    assert refused.says("one one").says("yes").heard_now == "Sorry, it is taken. Goodbye."
    failed = at_hold(shop, shop_hold=None).says("yes")
    assert failed.heard_now == "Sorry, that isn't working just now."


def test_what_is_to_be_done_carries_its_values_and_who_calls(shop: Dialogue) -> None:
    call = TextCall(shop, records=THERE, caller={"customer_id": 5}).says("one one").says("yes")

    [act] = [action for action in call.actions if isinstance(action, Act)]
    assert (act.what, act.given, act.step, act.customer_id) == (
        "shop.hold",
        {"sku": "11"},
        "hold",
        5,
    )


def test_without_any_value_nothing_is_done(prompts: Prompts) -> None:
    dialogue = Dialogue(
        flow_of("""
steps:
  hold: {do: shop.hold, with: {sku: "{{ caller.phone }}"}, done: bye, refused: bye, failed: gone}
  gone: {say: That can't be., then: bye}
  bye: {end: Goodbye.}
"""),
        prompts,
    )

    call = TextCall(dialogue)

    assert call.said == ["That can't be.", "Goodbye."]
    assert not any(isinstance(action, Act) for action in call.actions)


# ------------------------------------------------------------------ recovery


def waiting(shop: Dialogue) -> tuple[State, Act]:
    """The call while something is being done."""
    state = shop.initial_state()
    done = at_hold(shop).says("yes")
    log = done.log[: next(i for i, event in enumerate(done.log) if isinstance(event, ActDone))]
    actions = []
    for event in log:
        state, actions = shop.step(state, event)
    return state, next(action for action in actions if isinstance(action, Act))


def test_a_call_that_goes_on_asks_for_the_very_same_thing(shop: Dialogue) -> None:
    state, before = waiting(shop)
    state = State.from_json(state.to_json())

    state, actions = shop.step(state, Resumed())

    [again] = [action for action in actions if isinstance(action, Act)]
    assert (again.what, again.given, again.step) == (before.what, before.given, before.step)
    assert again.token != before.token


def test_the_answer_to_something_older_is_ignored(shop: Dialogue) -> None:
    state, act = waiting(shop)

    for event in (ActDone(act.token - 1, "done"), StillWaiting(act.token - 1)):
        assert shop.step(state, event) == (state, [])


def test_its_events_are_in_the_log_of_the_call() -> None:
    for event in (ActDone(3, "refused", {"a": 1}, "taken"), StillWaiting(3, 1)):
        assert event_from_json(event_to_json(event)) == event


# ------------------------------------------------------------------ checks


def told(step: str, more: str = "") -> str:
    text = f"steps:\n  a: {step}\n{more}  bye: {{end: Goodbye.}}\n"
    return check_text(text.encode(), name="x", path="x.yaml", catalogue=OPEN).report


WAYS = "found: bye, missing: bye, failed: bye"
ENDS = "done: bye, refused: bye, failed: bye"


@pytest.mark.parametrize(
    ("step", "at", "wrong", "right"),
    [
        (f"{{lookup: ordr, by: {{number: '1'}}, {WAYS}}}", "2:15", '"ordr"', 'mean "order"?'),
        (f"{{lookup: shop.stok, by: {{sku: '1'}}, {WAYS}}}", "2:15", '"shop.stok"', "shop.stock"),
        (f"{{lookup: order, by: {{numer: '1'}}, {WAYS}}}", "2:27", '"by.numer"', 'mean "number"?'),
        (f"{{lookup: order, by: {{number: '1', x: '2'}}, {WAYS}}}", "2:40", '"by.x"', "number"),
        (f"{{lookup: shop.stock, by: {{site: '1'}}, {WAYS}}}", "2:27", 'needs "sku"', "by: {sku"),
        (f"{{lookup: shop.hold, by: {{sku: '1'}}, {WAYS}}}", "2:15", '"shop.hold"', "write do:"),
        (f"{{do: order, with: {{number: '1'}}, {ENDS}}}", "2:11", '"order"', "write lookup:"),
        (f"{{do: order.cancl, with: {{number: '1'}}, {ENDS}}}", "2:11", "cancl", '"order.cancel"?'),
        (f"{{do: order.cancel, with: {{nr: '1'}}, {ENDS}}}", "2:32", '"with.nr"', "Values: number"),
        ("{do: order.cancel, with: {number: '1'}, done: bye, failed: bye}", "2:3", '"refused"', ""),
        (f"{{do: order.cancel, with: {{}}, {ENDS}}}", "2:31", "must be a list of names", "Write"),
        (f"{{do: order.cancel, with: {{number: '1'}}, timeout_s: 90, {ENDS}}}", "2:57", "30", ""),
    ],
)
def test_a_name_that_is_not_there_is_told_with_the_right_one(
    step: str, at: str, wrong: str, right: str
) -> None:
    report = told(step)

    assert any(
        problem.startswith(f"x.yaml:{at}  ") and wrong in problem and right in problem
        for problem in report.replace("\nx.yaml", "\0x.yaml").split("\0")
    ), report


def test_a_field_that_an_answer_does_not_have_is_told() -> None:
    step = f"{{lookup: shop.stock, by: {{sku: '1'}}, {WAYS.replace('found: bye', 'found: b')}}}"
    assert 'Did you mean "count"?' in told(step, "  b: {say: 'x {{ stock.cont }}', then: bye}\n")
    act = f"{{do: shop.hold, with: {{sku: '1'}}, as: r, {ENDS.replace('done: bye', 'done: b')}}}"
    assert told(act, "  b: {say: 'x {{ r.number }} {{ r.reason }}', then: bye}\n") == ""
    assert '"number"?' in told(act, "  b: {say: 'x {{ r.numbr }}', then: bye}\n")


def test_a_flow_of_another_installation_is_read_when_nothing_is_known() -> None:
    text = f"steps:\n  a: {{lookup: far.away, by: {{x: '1'}}, {WAYS}}}\n  bye: {{end: Bye.}}\n"

    assert check_text(text.encode(), name="x", path="x", catalogue=None).report == ""


# ------------------------------------------------------------------ tests of flows

TESTS = """
records:
  shop.stock: {"11": {count: 3}, "*": null}
tests:
  it is held:
    conversation:
      - {caller: one one, hears: There are 3}
      - {caller: "yes", hears: It is yours, did: shop.hold, ended: done}
  it is taken:
    records: {shop.hold: {"11": {refused: taken}}}
    conversation:
      - {keys: "11#", hears_not: One moment}
      - {keys: "1", hears: it is taken}
  the shelves are slow:
    outside: {shop.stock: 4}
    conversation:
      - {keys: "11#", hears: ["One moment", There are 3]}
      - {outside: {shop.hold: away}}
      - {keys: "1", hears: isn't working, queued: desk, did: shop.hold}
  too slow:
    outside: {shop.stock: 21}
    conversation:
      - {keys: "11#", hears: ["One moment", "Thank you for waiting", isn't working], queued: desk}
  not there:
    conversation:
      - {keys: "12#", hears: no such thing, step: article}
"""


def read(text: str, shop: Dialogue) -> CheckedTests:
    return check_tests(text.encode(), shop.flow, path="shop.tests.yaml", catalogue=OPEN)


def run(shop: Dialogue, test: FlowTest) -> Outcome:
    return run_test(shop, test)


def test_a_test_says_what_is_answered_in_virtual_time(shop: Dialogue) -> None:
    checked = read(TESTS, shop)
    assert checked.report == ""
    coverage = Coverage(shop.flow)
    for test in checked.tests:
        outcome = run(shop, test)
        assert outcome.failure is None, outcome.failure
        coverage.add(outcome.call.history)

    missed = {(way.step, way.key) for way in coverage.missed_branches()}
    assert not missed & {("look", key) for key in ("found", "missing", "failed")}
    assert not missed & {("hold", key) for key in ("done", "refused", "failed")}


def test_what_should_have_been_done_and_was_not_is_told(shop: Dialogue) -> None:
    text = TESTS.replace('caller: "yes", hears: It is yours', 'caller: "no", hears: Goodbye')

    failure = run(shop, read(text, shop).tests[0]).failure

    assert failure is not None
    assert ("did shop.hold", "nothing was done") in [
        (one.expected, one.got) for one in failure.differences
    ]


@pytest.mark.parametrize(
    ("line", "wrong", "right"),
    [
        ("outside: {shop.stok: 4}", '"shop.stok"', 'mean "shop.stock"?'),
        ("outside: {shop.stock: soon}", "no time", "seconds"),
        ("outside: {shop.stock: -1}", "no time", "seconds"),
        ("outside: 4", "says how long", "Write outside"),
        ("did: shop.held", '"shop.held"', 'mean "shop.hold"?'),
    ],
)
def test_mistakes_in_a_test_are_told(shop: Dialogue, line: str, wrong: str, right: str) -> None:
    report = read(f"tests:\n  a:\n    conversation:\n      - {{{line}}}\n", shop).report

    assert wrong in report
    assert right in report


def test_a_test_is_written_as_it_is_read(shop: Dialogue) -> None:
    for test in read(TESTS, shop).tests:
        again = read(written(test), shop)
        assert again.report == ""
        assert again.tests[0].world == test.world
        assert [line.does for line in again.tests[0].script] == [line.does for line in test.script]
        assert [line.expects for line in again.tests[0].script] == [
            line.expects for line in test.script
        ]


def test_a_generated_caller_meets_every_outcome_and_no_fault(shop: Dialogue) -> None:
    walked = walk(shop, calls=400, seed=3)

    assert walked.found == ()
    missed = {(way.step, way.key) for way in walked.coverage.missed_branches()}
    assert not {step for step, _ in missed} & {"look", "hold"}, missed


# ------------------------------------------------------------------ graph, trying


def test_a_drawing_says_what_is_done_and_how_it_may_end(shop: Dialogue) -> None:
    graph = graph_of(shop.flow)

    [node] = [node for node in graph.nodes if node.name == "hold"]
    assert (node.kind, node.about) == ("do", "shop.hold by sku, site")
    labels = {edge.target: edge.labels[0].text for edge in graph.edges if edge.source == "hold"}
    assert labels == {"held": "done", "why": "may not be", "people": "no answer"}


def begin(shop: Dialogue) -> Trial:
    trial = Trial.begin(shop, Beginning.model_validate({"today": "2026-11-21"}))
    trial = trial.after(Says(texts=("one one",)))
    trial = trial.after(LookupEnds(outcome="found", record={"count": 3}))
    return trial.after(Presses(keys="1"))


def test_whoever_tries_a_flow_says_what_comes_of_it(shop: Dialogue) -> None:
    trial = begin(shop)
    with pytest.raises(Misfit, match="done, refused or failed"):
        trial.after(Presses(keys="1"))

    over = trial.after(ActEnds(outcome="refused", reason="taken"))

    assert over.now.said[0].text == "Sorry, it is taken."
    test = as_test(over)
    assert test["records"]["shop.hold"] == {"11": {"refused": "taken"}}
    assert over.back().now.state.step == "some"


def test_a_talk_is_saved_as_a_test_that_passes(shop: Dialogue) -> None:
    for ends in (
        ActEnds(outcome="done", record={"number": "7"}),
        ActEnds(outcome="refused", reason="taken"),
        ActEnds(outcome="failed"),
    ):
        text = with_test("", "a talk", begin(shop).after(ends), path="x")
        checked = read(text, shop)
        assert checked.report == ""
        assert run(shop, checked.tests[0]).failure is None, text
