"""What is said to be different between two versions of a flow."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.bundle import bundled
from dialog.flow_diff import Change, FlowDiff, compare
from dialog.flow_diff_shown import NOTHING, as_data, lines, summary
from dialog.flow_diff_words import Mark, marked
from dialog.yaml_tree import YamlProblem

pytestmark = pytest.mark.unit
SHOP = Path(__file__).parents[3] / "config" / "flows" / "shop.yaml"

FLOW = """\
start: greet
steps:
  greet:
    say: Hello. I'm the automated assistant of Harbor Shop.
    then: menu
  menu:
    menu: Opening hours, or a person?
    options:
      hours: {phrases: [opening hours, when are you open], key: 1, then: hours}
      person: {phrases: [a person], key: 0, then: bye}
    no_input_s: 5
  hours:
    say: From 9 to 6.
    then: menu
  bye:
    end: Goodbye.
"""


def diff(*replacements: tuple[str, str]) -> FlowDiff:
    """What it says when these texts of the flow are replaced."""
    changed = FLOW
    for before, after in replacements:
        assert before in changed
        changed = changed.replace(before, after)
    return compare(FLOW.encode(), changed.encode())


def changes(difference: FlowDiff, step: str) -> list[Change]:
    assert [each.name for each in difference.changed] == [step]
    return list(difference.changed[0].changes)


def printed(difference: FlowDiff) -> str:
    return "\n".join("".join(piece.text for piece in line) for line in lines(difference))


# ------------------------------------------------------------------ each kind of change


def test_a_prompt_is_shown_with_the_words_that_changed() -> None:
    difference = diff(("the automated assistant", "the new voice"))

    assert '~ step "greet" (say)\n' in printed(difference)
    assert "say: Hello. I'm the [-automated assistant-]{+new voice+} of Harbor" in printed(
        difference
    )


def test_a_target_a_time_out_and_a_key_are_named_with_both_values() -> None:
    difference = diff(("no_input_s: 5", "no_input_s: 8"), ("key: 1, then: hours", "then: bye"))

    assert changes(difference, "menu") == [
        Change("options.hours.key", "1", None),
        Change("options.hours.then", "hours", "bye"),
        Change("no_input_s", "5", "8"),
    ]


def test_an_option_that_comes_or_goes_is_named_whole() -> None:
    difference = diff(
        (
            "person: {phrases: [a person], key: 0, then: bye}",
            "returns: {phrases: [a return], then: bye}",
        )
    )

    assert changes(difference, "menu") == [
        Change("options.person", "{phrases: [a person], key: 0, then: bye}", None),
        Change("options.returns", None, "{phrases: [a return], then: bye}"),
    ]


def test_a_phrase_that_is_added_is_named_alone() -> None:
    difference = diff(("when are you open]", "when are you open, your hours]"))

    assert changes(difference, "menu") == [Change("options.hours.phrases", None, "your hours")]


def test_options_in_another_order_are_a_change_and_keys_of_an_option_are_not() -> None:
    hours = "      hours: {phrases: [opening hours, when are you open], key: 1, then: hours}\n"
    person = "      person: {phrases: [a person], key: 0, then: bye}\n"

    assert changes(diff((hours + person, person + hours)), "menu") == [
        Change("options.order", "hours, person", "person, hours")
    ]
    assert not diff(("key: 0, then: bye", "then: bye, key: 0"))


def test_a_new_step_and_one_that_is_gone_are_shown_whole() -> None:
    difference = diff(
        ("  hours:\n    say: From 9 to 6.\n", "  news:\n    say: We moved.\n"),
        ("then: hours", "then: news"),
    )

    assert [step.name for step in difference.added] == ["news"]
    assert [step.name for step in difference.removed] == ["hours"]
    assert '+ step "news" (say)\n+     say: We moved.\n' in printed(difference)
    assert summary(difference) == "steps: 1 changed, 1 added, 1 removed"


def test_a_step_with_a_new_name_is_one_change_wherever_it_is_named() -> None:
    difference = diff(("  menu:\n", "  main:\n"), ("then: menu", "then: main"))

    assert [(each.before, each.after) for each in difference.renamed] == [("menu", "main")]
    assert difference.renamed[0].followed == ("greet.then", "hours.then")
    assert not difference.changed
    assert summary(difference) == "steps: 1 renamed"


def test_steps_that_name_each_other_and_themselves_may_all_get_new_names() -> None:
    before = "steps:\n  a: {say: A, then: b}\n  b: {ask: yes_no, prompt: B, yes: a, no: b}\n"
    after = "steps:\n  x: {say: A, then: y}\n  y: {ask: yes_no, prompt: B, yes: x, no: y}\n"

    difference = compare(before.encode(), after.encode())

    assert [(each.before, each.after) for each in difference.renamed] == [("a", "x"), ("b", "y")]
    assert not difference.added
    assert not difference.changed


def test_steps_that_lead_elsewhere_are_not_taken_for_one_another() -> None:
    before = "steps:\n  a: {say: A, then: c}\n  c: {end: C}\n  d: {end: D}\n"
    after = "steps:\n  x: {say: A, then: d}\n  c: {end: C}\n  d: {end: D}\n"

    difference = compare(before.encode(), after.encode())

    assert not difference.renamed
    assert [step.name for step in difference.removed] == ["a"]


def test_branches_are_compared_in_their_order() -> None:
    before = "steps:\n  a: {choose: [{if: x, then: b}, {if: y, then: b}, {else: b}]}\n"
    after = (
        "steps:\n  a: {choose: [{if: x, then: c}, {if: y, then: b}, {if: z, then: b}, {else: b}]}\n"
    )

    assert changes(compare(before.encode(), after.encode()), "a") == [
        Change("choose.1.then", "b", "c"),
        Change("choose.3", None, "{if: z, then: b}"),
    ]


def test_a_language_that_is_added_is_named_and_the_old_text_is_not_said_to_have_changed() -> None:
    before = "languages: [en]\nsteps:\n  bye: {end: Goodbye.}\n"
    after = "languages: [en, zh]\nsteps:\n  bye: {end: {en: Goodbye., zh: 再见。}}\n"

    difference = compare(before.encode(), after.encode())

    assert difference.settings == (Change("languages", None, "zh"),)
    assert changes(difference, "bye") == [Change("end.zh", None, "再见。")]


def test_where_the_flow_starts_is_a_setting_even_when_only_the_order_says_so() -> None:
    before = "steps:\n  a: {say: A, then: b}\n  b: {end: B}\n"
    after = "steps:\n  b: {end: B}\n  a: {say: A, then: b}\n"

    assert compare(before.encode(), after.encode()).settings == (Change("start", "a", "b"),)
    assert not compare(before.encode(), f"start: a\n{before}".encode())


def test_comments_and_layout_make_no_difference() -> None:
    difference = diff(
        (
            "    say: From 9 to 6.\n",
            "    # as on the door\n    say: >-\n      From 9\n      to 6.\n",
        )
    )

    assert not difference
    assert printed(difference) == NOTHING


def test_an_empty_text_is_a_flow_without_steps() -> None:
    difference = compare(b"", FLOW.encode())

    assert [step.name for step in difference.added] == ["greet", "menu", "hours", "bye"]


def test_drafts_with_mistakes_are_compared_all_the_same() -> None:
    difference = compare(FLOW.encode(), b"steps: [1, {a: 2}]\nlanguages: {en: }\nstart: []\n")

    assert len(difference.removed) == 4
    assert printed(difference)


def test_what_is_no_yaml_is_said() -> None:
    with pytest.raises(YamlProblem):
        compare(FLOW.encode(), b"steps: [")


def test_as_data_it_says_the_same_and_which_words_changed() -> None:
    data = json.loads(json.dumps(as_data(diff(("From 9 to 6.", "From 8 to 6.")))))

    (change,) = data["changed"][0]["changes"]
    assert (change["place"], change["before"]) == ("say", "From 9 to 6.")
    assert ["removed", "9"] in change["words"]
    assert ["added", "8"] in change["words"]


# ------------------------------------------------------------------ words


def test_in_chinese_characters_are_marked() -> None:
    pieces = [(word.mark, word.text) for word in marked("请说出您的订单号。", "请输入您的订单号。")]

    assert pieces == [
        (Mark.SAME, "请"),
        (Mark.REMOVED, "说出"),
        (Mark.ADDED, "输入"),
        (Mark.SAME, "您的订单号。"),
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_marked_words_are_both_texts(before: str, after: str) -> None:
    words = marked(before, after)

    assert "".join(word.text for word in words if word.mark is not Mark.ADDED) == before
    assert "".join(word.text for word in words if word.mark is not Mark.REMOVED) == after


# ------------------------------------------------------------------ any flow

NAMES = st.sampled_from(["greet", "main", "pay", "hours", "bye", "更多"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1
).filter(lambda text: text.strip() == text)


@st.composite
def flows(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(NAMES, min_size=2, unique=True))
    steps: dict[str, Any] = {}
    for number, name in enumerate(names):
        then = draw(st.sampled_from(names))
        if draw(st.booleans()):
            # The number makes each step's content its own.
            steps[name] = {"say": f"{draw(TEXTS)} {number}", "then": then}
        else:
            phrases = draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True))
            option = {"phrases": phrases, "key": "1", "then": then}
            options = {"one": option, "two": {"phrases": ["two"], "key": "2", "then": then}}
            steps[name] = {"menu": f"{draw(TEXTS)} {number}", "options": options, "no_input_s": 5}
    return {"start": names[0], "steps": steps}


def written(flow: dict[str, Any]) -> bytes:
    return json.dumps(flow, ensure_ascii=False).encode()  # YAML 1.2 has all of JSON


@settings(deadline=None, max_examples=30)
@given(flows())
def test_nothing_is_different_from_itself(flow: dict[str, Any]) -> None:
    assert compare(written(flow), written(flow)) == FlowDiff()


Change_ = Callable[[dict[str, Any]], object]
# What is done to a step of any kind, or to a menu, and the place at which it must be named.
TO_ANY: dict[str, Change_] = {"barge_in": lambda step: step.update(barge_in="off")}
TO_SAY: dict[str, Change_] = {
    "say": lambda step: step.update(say=f"{step['say']} really"),
    "then": lambda step: step.update(then="elsewhere"),
}
TO_MENU: dict[str, Change_] = {
    "menu": lambda step: step.update(menu=f"{step['menu']} really"),
    "no_input_s": lambda step: step.update(no_input_s=6),
    "options.one.then": lambda step: step["options"]["one"].update(then="elsewhere"),
    "options.one.key": lambda step: step["options"]["one"].pop("key"),
    "options.one.phrases": lambda step: step["options"]["one"]["phrases"].append("a new one"),
    "options.two": lambda step: step["options"].pop("two"),
    "options.three": lambda step: step["options"].update(three={"phrases": ["three"]}),
    "options.order": lambda step: step.update(options=dict(reversed(step["options"].items()))),
}


@settings(deadline=None, max_examples=50)
@given(flows(), st.data())
def test_every_change_of_a_step_is_named_there(flow: dict[str, Any], data: st.DataObject) -> None:
    changed = copy.deepcopy(flow)
    name = data.draw(st.sampled_from(sorted(flow["steps"])))
    ways = TO_ANY | (TO_SAY if "say" in flow["steps"][name] else TO_MENU)
    place = data.draw(st.sampled_from(sorted(ways)))
    ways[place](changed["steps"][name])

    difference = compare(written(flow), written(changed))

    assert [each.place for each in changes(difference, name)] == [place]
    assert not difference.added
    assert not difference.removed
    assert name in printed(difference)


@settings(deadline=None, max_examples=25)
@given(flows(), st.data())
def test_steps_that_come_go_or_get_a_name_are_named(
    flow: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(flow["steps"])))
    less = copy.deepcopy(flow)
    del less["steps"][name]
    renamed = json.loads(json.dumps(flow).replace(json.dumps(name), '"fresh"'))

    gone = compare(written(flow), written(less))
    come = compare(written(less), written(flow))
    called = compare(written(flow), written(renamed))

    assert [step.name for step in gone.removed] == [name]
    assert [step.name for step in come.added] == [name]
    assert [(each.before, each.after) for each in called.renamed] == [(name, "fresh")]
    for difference in (gone, come, called):
        assert not difference.changed
        assert len([*difference.added, *difference.removed, *difference.renamed]) == 1


@settings(deadline=None, max_examples=10)
@given(st.data())
def test_any_line_of_the_shop_that_is_lost_shows(data: st.DataObject) -> None:
    text = SHOP.read_text().splitlines(keepends=True)
    meant = [n for n, line in enumerate(text) if line.strip() and not line.strip().startswith("#")]
    left_out = data.draw(st.sampled_from(meant))
    shorter = "".join(text[:left_out] + text[left_out + 1 :])
    try:
        difference = compare("".join(text).encode(), shorter.encode())
    except YamlProblem:
        return
    assert difference


# ------------------------------------------------------------------ knowledge

KNOWN = """\
questions:
  returns: {question: How long can I return it?, answer: 30 days.}
  hours: {question: When are you open?, answer: From 9 to 6.}
"""


def with_knowledge(text: str) -> bytes:
    return bundled(FLOW.encode(), {"knowledge/shop": text.encode()})


def test_another_answer_is_shown_by_question_with_the_words_that_changed() -> None:
    changed = KNOWN.replace("30 days.", "60 days.").replace("  hours:", "  opening:")

    found = compare(with_knowledge(KNOWN), with_knowledge(changed))

    assert printed(found).splitlines() == [
        '~ knowledge shop, question "returns"',
        "    answer: [-30-]{+60+} days.",
        '+ knowledge shop, question "opening"',
        "+     question: When are you open?",
        "+     answer: From 9 to 6.",
        '- knowledge shop, question "hours"',
        "-     question: When are you open?",
        "-     answer: From 9 to 6.",
    ]
    assert summary(found) == "knowledge shop: 1 changed, 1 added, 1 removed"
    assert as_data(found)["knowledge"][0]["changed"][0]["changes"][0]["words"]


def test_knowledge_that_a_flow_uses_from_now_on_is_new() -> None:
    found = compare(FLOW.encode(), with_knowledge(KNOWN))

    assert summary(found) == "knowledge shop: 2 added"
    assert not compare(with_knowledge(KNOWN), with_knowledge(f"# A comment.\n{KNOWN}"))
