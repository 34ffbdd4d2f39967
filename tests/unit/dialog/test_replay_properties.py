"""Replays of generated calls through generated flows."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from fixtures.written_logs import written
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.events import HangUp, Started
from dialog.flow_file import check_text
from dialog.flow_tests.answers import Answers
from dialog.flow_tests.walker import Walk
from dialog.flow_tests.worlds import Worlds
from dialog.prompts import Prompts
from dialog.replay.comparing import Kind, compare
from dialog.replay.course import Ending
from dialog.replay.playing import Cause, play, played
from dialog.replay.recorded import follow, languages_of
from dialog.replay.summing import summarize
from dialog.text_call import TextCall

pytestmark = pytest.mark.unit

ANSWERS = ["yes_no", "order_number", "digits", "date", "free", "time", "money", "number"]
KINDS = [
    "say",
    "ask",
    "ask",
    "menu",
    "menu",
    "lookup",
    "do",
    "queue",
    "transfer",
    "message",
    "choose",
]
WORDS = ["orders", "returns", "hours", "repairs"]
seeds = st.integers(0, 10_000)


@st.composite
def flows(draw: st.DrawFn) -> str:
    """A flow that can be run: each step leads to the next one, and some to others too."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=6))
    names = [f"s{place}" for place in range(len(kinds))]
    steps: dict[str, Any] = {}
    for place, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        following = names[place + 1] if place + 1 < len(names) else "bye"
        later = st.sampled_from([*names[place + 1 :], "bye"])
        steps[name] = _step(draw, kind, place, following, later, names[: place + 1])
    steps["bye"] = {"end": draw(st.sampled_from(["Goodbye.", "Thank you."]))}
    person = draw(st.sampled_from(["", *names[1:]]))
    return json.dumps({**({"person": person} if person else {}), "steps": steps})


def _step(  # noqa: PLR0911, PLR0917  a table of kinds
    draw: st.DrawFn,
    kind: str,
    place: int,
    following: str,
    later: st.SearchStrategy[str],
    before: list[str],
) -> dict[str, Any]:
    attempts = draw(st.integers(1, 3))
    match kind:
        case "ask":
            answer = draw(st.sampled_from(ANSWERS))
            confirm = draw(st.sampled_from(["never", "low_confidence", "always"]))
            step = {
                "ask": answer,
                "prompt": f"Question {place}?",
                "slot": f"v{place}",
                "confirm": confirm,
                "attempts": attempts,
                "then": following,
            }
            if answer == "yes_no":
                step["no"] = draw(later)
            return step
        case "menu":
            others = draw(st.lists(st.one_of(later, st.sampled_from(before)), max_size=2))
            targets = [following, *others]
            options = {
                WORDS[n]: {"phrases": [WORDS[n]], "key": n + 1, "then": target}
                for n, target in enumerate(targets)
            }
            return {"menu": f"Which of {place}?", "attempts": attempts, "options": options}
        case "lookup":
            by = draw(st.sampled_from([f"{{{{ v{n} }}}}" for n in range(place)] or ["4711"]))
            return {
                "lookup": "order",
                "by": {"number": by},
                "found": following,
                "missing": draw(later),
                "failed": draw(later),
            }
        case "do":
            by = draw(st.sampled_from([f"{{{{ v{n} }}}}" for n in range(place)] or ["4711"]))
            return {
                "do": "order.cancel",
                "with": {"number": by},
                "done": following,
                "refused": draw(later),
                "failed": draw(later),
            }
        case "queue":
            outcomes = ("left_queue", "timed_out", "no_agents", "failed")
            return {"queue": "help", "then": following} | {one: draw(later) for one in outcomes}
        case "transfer":
            outcomes = ("busy", "no_answer", "refused", "failed")
            target = {"transfer": "sip:a@192.0.2.1", "then": following}
            return target | {one: draw(later) for one in outcomes}
        case "message":
            return {"message": "help", "then": following}
        case "choose":
            branch = {"if": "caller.known", "then": draw(later)}
            return {"choose": [branch, {"else": following}]}
    return {"say": f"Sentence {place}.", "then": following}


def dialogue_of(text: str, prompts: Prompts) -> Dialogue:
    checked = check_text(text.encode(), name="made", path="made.yaml")
    assume(checked.flow is not None and not checked.problems)
    assert checked.flow is not None
    return Dialogue(checked.flow, prompts)


def call_of(dialogue: Dialogue, seed: int) -> TextCall:
    """A generated caller's call, hung up at any moment."""
    random = Random(seed)  # noqa: S311  nothing secret
    world = Worlds(dialogue.flow, dialogue.languages).make(random)
    world = replace(world, outside={})  # "one moment" is said by the clock, not by the flow
    one = Walk(dialogue, world)
    answers = Answers(dialogue.flow, world, random)
    for _ in range(random.randint(0, 20)):
        if one.call is None or one.over or (doing := answers.next(one.call)) is None:
            break
        one.does(doing)
    assume(one.call is not None)
    assert one.call is not None
    return one.call


@given(flows(), seeds)
@settings(deadline=None, max_examples=60)
def test_a_call_through_its_own_version_goes_as_it_went(
    prompts: Prompts, text: str, seed: int
) -> None:
    dialogue = dialogue_of(text, prompts)
    call = call_of(dialogue, seed)
    log = written(call, dialogue.flow, dialogue.languages)

    found = follow(dialogue, log, began=Started({}))
    again = played(play(dialogue, found, dialogue.flow))

    assert languages_of(log) == dialogue.languages
    assert found.trouble is None
    assert [said.text for stop in found.course.stops for said in stop.said] == call.said
    difference = compare(found, again, old=dialogue.flow, new=dialogue.flow)
    assert difference.kind is Kind.SAME
    assert again.course == found.course


@given(flows(), flows(), seeds)
@settings(deadline=None, max_examples=60)
def test_a_call_through_any_other_version_ends_and_is_told_in_one_way(
    prompts: Prompts, before: str, after: str, seed: int
) -> None:
    old, new = dialogue_of(before, prompts), dialogue_of(after, prompts)
    log = written(call_of(old, seed), old.flow, old.languages)

    found = follow(old, log, began=Started({}))
    again = played(play(new, found, old.flow))
    difference = compare(found, again, old=old.flow, new=new.flow)

    assert again.stopped is None or again.stopped.cause is not Cause.ENDLESS
    if again.stopped is None:
        assert again.course.ending is not Ending.OPEN
    if isinstance(again.course.stops[-1].wait, HangUp):
        assert again.stopped is None
    match difference.kind:
        case Kind.SAME:
            assert again.stopped is None
            assert not difference.words
            assert difference.before.ending is difference.after.ending
        case Kind.WORDS:
            assert difference.part is None
        case Kind.WAY:
            assert difference.part is not None
        case Kind.END:
            assert difference.verdict is not None
        case Kind.NOT_REPLAYED:
            assert again.stopped is not None
    summary = summarize([difference])
    assert sum(summary.kinds.values()) == 1
    assert sum(len(parting.calls) for parting in summary.partings) <= 1
