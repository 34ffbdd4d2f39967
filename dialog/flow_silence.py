"""Finds paths on which a caller hears nothing: the call waits, or ends, without any words."""

from collections import deque
from collections.abc import Iterable, Iterator

from dialog.flow import Answer, Ask, End, Flow, Handover, Lookup, Message, Say, Set, Step, Waiting
from dialog.flow_anywhere import side_branches
from dialog.flow_outside import Act
from dialog.flow_paths import shown
from dialog.flow_problems import Problems
from dialog.flow_subflow import Subflow
from dialog.flow_texts import Text
from dialog.outside import speaks_for_itself
from dialog.scopes import inner_scope, readable
from dialog.template import always_speaks
from dialog.variables import defaults
from voxdesk.kernel.worded import worded

_Place = tuple[str, bool]
"""A step, and whether the caller has heard words since they last had a say."""


def check_silence(flow: Flow, problems: Problems) -> None:
    """Adds each wait and each end that a caller may come to without having heard a word.

    Args:
        flow: complete, its templates without problems.
        problems: takes them.
    """
    filled = _filled(flow)
    came_from: dict[_Place, _Place | None] = {(flow.start, False): None}
    waiting = deque(came_from)
    while waiting:
        here = waiting.popleft()
        step = flow.steps.get(here[0])
        if step is None:
            continue
        for target, words in _onward(step, here[1], flow, filled[step.name]):
            there = (target, words)
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    for place in came_from:
        step = flow.steps.get(place[0])
        if step is not None and not place[1]:
            _check(step, came_from, problems, filled.get(step.name, frozenset()))
    for step in flow.steps.values():
        _check_ladder(step, problems, filled.get(step.name, frozenset()))


def _check(
    step: Step,
    came_from: dict[_Place, _Place | None],
    problems: Problems,
    filled: frozenset[str],
) -> None:
    if not isinstance(step, Waiting | End) or speaks(step.prompt, filled):
        return
    if isinstance(step, Answer) and not step.prompt.by_language:
        return  # it answers what was asked before, and waits only after "Did you mean …?"
    path = [step.name]
    place = came_from[(step.name, False)]
    while place is not None:
        path.append(place[0])
        place = came_from[place]
    if isinstance(step, End):
        what = worded('the call may end at step "{step}" without a word', step=step.name)
        hint = worded("Write a goodbye: {end: Goodbye.}")
    else:
        what = worded(
            'step "{step}" may wait for an answer without having said a word', step=step.name
        )
        hint = worded(
            "Write words beside its values, or a text where there are none: {{ x or 'Yes?' }}"
        )
    problems.add(step.line, worded("{what}: {shown}.", what=what, shown=shown(path[::-1])), hint)


def _check_ladder(step: Step, problems: Problems, filled: frozenset[str]) -> None:
    """Own wordings for who wasn't heard or understood are all that is said then."""
    if not isinstance(step, Waiting):
        return
    for key, texts in (("no_input", step.no_input), ("no_match", step.no_match)):
        for text in texts:
            if not speaks(text, filled):
                problems.add(
                    text.line or step.line,
                    worded(
                        'step "{step}": "{key}" may be empty, and the caller would hear nothing.',
                        step=step.name,
                        key=key,
                    ),
                    worded("Write words beside its values."),
                )


def speaks(text: Text, filled: Iterable[str] = ()) -> bool:
    """Whether a text has words in every language, whatever the call's values are."""
    known = frozenset(filled)
    if text.wording:
        return True
    return bool(text.by_language) and all(
        always_speaks(template, known) for template in text.by_language.values()
    )


def _onward(
    step: Step,
    heard: bool,  # noqa: FBT001  the other half of a place
    flow: Flow,
    filled: frozenset[str],
) -> Iterator[_Place]:
    """Where a step leads, and whether words were heard on arriving there."""
    if isinstance(step, Waiting):
        # They have the say; what they hear next must have words.
        told = isinstance(step, Answer)
        yield from ((target, told and key == "then") for key, target, _ in step.targets())
        asked = (flow.person, flow.start_over, *side_branches(flow))
        yield from ((target, False) for target in asked)
        return
    says = heard or (isinstance(step, Say | Lookup | Act) and speaks(step.prompt, filled))
    for key, target, _line in step.targets():
        if isinstance(step, Handover):
            # Somebody else talked with the caller, or nobody did.
            yield target, key == "then"
        elif isinstance(step, Message):
            yield target, True  # that it was saved
        elif isinstance(step, Lookup | Act) and key == "failed":
            yield target, says or not speaks_for_itself(flow.steps.get(target))
        else:
            yield target, says


def _filled(flow: Flow) -> dict[str, frozenset[str]]:
    """For each step, the variables that have a value on every way to it."""
    start = frozenset({*flow.takes, *defaults(flow.variables)})
    filled: dict[str, frozenset[str]] = {flow.start: start}
    waiting = deque([flow.start])
    while waiting:
        name = waiting.popleft()
        step = flow.steps.get(name)
        if step is None:
            continue
        before_it = filled[name]
        after = _fills(step, before_it)
        targets = [
            (target, before_it if key in {"give_up", "nothing"} else after)
            for key, target, _ in step.targets()
        ]
        if isinstance(step, Waiting):
            targets.append((flow.person, before_it))
            targets.append((flow.start_over or flow.start, start))
            targets += [(target, before_it) for target in side_branches(flow)]
        for target, known in targets:
            before = filled.get(target)
            now = known if before is None else before & known
            if target and now != before:
                filled[target] = now
                waiting.append(target)
    return {name: readable(filled.get(name, start), name) for name in flow.steps}


def _fills(step: Step, filled: frozenset[str]) -> frozenset[str]:
    """The variables that surely have a value after a step."""
    if isinstance(step, Ask):
        return filled | {step.slot}
    if isinstance(step, Answer) and step.prompt.by_language:
        return filled | {step.slot}
    if isinstance(step, Set | Subflow):
        scope = inner_scope(step.name) if isinstance(step, Subflow) else ""
        seen = readable(filled, step.name)
        sure = {
            f"{scope}{name}" for name, value in step.values.items() if always_speaks(value, seen)
        }
        gone = {name for name in filled if scope and name.startswith(scope)}
        return (filled - {*step.values, *gone}) | sure
    return filled - {step.into} if isinstance(step, Lookup | Act) else filled
