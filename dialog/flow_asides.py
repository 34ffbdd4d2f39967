"""What is wrong with the side branches of a flow: each must come back, or end the call."""

from collections.abc import Iterable, Iterator
from functools import partial

from dialog.flow import Flow, Handover, Step, Waiting
from dialog.flow_anywhere import side_branches
from dialog.flow_paths import ENDS, shown, way
from dialog.flow_problems import Problems
from dialog.flow_speech import unsayable
from dialog.flow_subflow import Return
from dialog.flow_templates import GIVEN
from dialog.flow_texts import Option, Text
from dialog.template import TemplateProblem, check, guarded_in, names_in
from dialog.understanding import command
from dialog.understanding.words import squeezed
from voxdesk.kernel.worded import Worded, plain, worded


def side_steps(flow: Flow) -> frozenset[str]:
    """The steps of all side branches, as far as the rest of the flow doesn't lead to them."""
    rest = _reached(flow, [flow.start, flow.start_over, flow.person])
    return frozenset(_reached(flow, side_branches(flow)) - rest)


def _reached(flow: Flow, starts: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    waiting = [name for name in starts if name in flow.steps]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _onward(flow, name)
    return seen


def _onward(flow: Flow, name: str) -> list[str]:
    return [target for _, target, _ in flow.steps[name].targets() if target in flow.steps]


def _until_it_leaves(flow: Flow, name: str) -> list[str]:
    """The steps that follow one of a side branch, up to where somebody else has the call."""
    step = flow.steps[name]
    return [] if isinstance(step, Handover) or _returns(step) else _onward(flow, name)


def _returns(step: Step) -> bool:
    """Whether it comes back to the question that was interrupted."""
    return isinstance(step, Return) and not step.then


# ------------------------------------------------------------------ checks


def check_asides(flow: Flow, problems: Problems, *, complete: bool) -> None:
    """Adds what is wrong with "anywhere" and "when_upset".

    Args:
        flow: as far as it could be read, its side steps among them.
        problems: takes it.
        complete: whether all steps could be read.
    """
    _check_words(flow, problems)
    having = [option for option in flow.anywhere.options if option.examples.by_language]
    if len(having) == 1:
        problems.add(
            having[0].line,
            worded('anywhere: only "{value}" has examples.', value=having[0].value),
            worded("Give examples to another option too: they are told from one another by them."),
        )
    if complete:
        for option in flow.anywhere.options:
            if option.then in flow.steps:
                where = worded('anywhere, option "{value}"', value=option.value)
                if not _check_left(where, option, flow, problems):
                    _check_way_back(where, option.then, option.line, flow, problems)
        care = flow.when_upset
        if care is not None and care.then in flow.anywhere.steps:
            _check_way_back(plain('"when_upset"'), care.then, care.line, flow, problems)
        _check_returns(flow, problems)
    if flow.when_upset is not None and flow.when_upset.soothe is not None:
        _check_soothing(flow.when_upset.soothe, problems)


def _check_words(flow: Flow, problems: Problems) -> None:
    """No two options mean the same words or key, and none what every caller may say anyway."""
    said: dict[tuple[str, str], str] = {}
    keys: dict[str, str] = {}
    for option in flow.anywhere.options:
        other = keys.setdefault(option.key, option.value) if option.key else option.value
        if other != option.value:
            problems.add(
                option.line,
                worded(
                    'anywhere: the key {key} means both "{other}" and "{value}".',
                    key=option.key,
                    other=other,
                    value=option.value,
                ),
                worded(
                    "Keys still free: {key}",
                    key=", ".join(key for key in "123456789" if key not in keys),
                ),
            )
        for language, phrase in _phrases(option, flow):
            other = said.setdefault((language, squeezed(phrase)), option.value)
            if other != option.value:
                problems.add(
                    option.line,
                    worded(
                        'anywhere: "{phrase}" means both "{other}" and "{value}".',
                        phrase=phrase,
                        other=other,
                        value=option.value,
                    ),
                    worded("Callers who say it would not be understood; keep one."),
                )
            if asked := command(phrase, language):
                problems.add(
                    option.line,
                    worded(
                        'anywhere, option "{value}": "{phrase}" is understood at every step '
                        "already, as "
                        "{asked}.",
                        value=option.value,
                        phrase=phrase,
                        asked=str(asked).replace("_", " "),
                    ),
                    worded("Leave it away, or write what only this option means."),
                )


def _phrases(option: Option, flow: Flow) -> Iterator[tuple[str, str]]:
    for language in flow.languages:
        for words in (option.phrases, option.examples):
            yield from ((language, phrase) for phrase in words.by_language.get(language, ()))


def _check_left(where: Worded, option: Option, flow: Flow, problems: Problems) -> bool:
    """Whether a side branch goes on with the rest of the flow, whose questions are others."""

    def lost(name: str) -> bool:
        step = flow.steps[name]
        return isinstance(step, Waiting) and name not in flow.anywhere.steps

    path = way([option.then], partial(_until_it_leaves, flow), lost)
    if path:
        problems.add(
            option.line,
            worded(
                '{where} leads to "{path}", a question of the rest of the flow, and the one that '
                "was interrupted is forgotten: {shown}.",
                where=where,
                path=path[-1],
                shown=shown(path),
            ),
            worded(
                'Let the side branch end with {return: }, or with "end", "transfer" or "queue".'
            ),
        )
    return bool(path)


def _check_way_back(where: Worded, then: str, line: int, flow: Flow, problems: Problems) -> None:
    """A side branch comes back or ends the call, wherever it goes."""
    onward = partial(_until_it_leaves, flow)
    steps = way([then], onward, lambda name: not _ways_back(flow, name))
    if steps:
        problems.add(
            line,
            worded(
                "{where} never comes back to the question that was interrupted: {shown}.",
                where=where,
                shown=shown(steps),
            ),
            worded('Let one of its steps go to a step with "return".'),
        )


def _ways_back(flow: Flow, name: str) -> bool:
    """Whether some way from a step comes back, or ends the call."""

    def wanted(here: str) -> bool:
        step = flow.steps[here]
        return _returns(step) or step.kind in ENDS

    return bool(way([name], partial(_until_it_leaves, flow), wanted))


def _check_returns(flow: Flow, problems: Problems) -> None:
    """A step that comes back must not be met where nothing was interrupted."""
    shared = _reached(flow, side_branches(flow)) - flow.anywhere.steps
    starts = [one for one in (flow.start, flow.start_over, flow.person) if one in flow.steps]
    for name, step in flow.steps.items():
        if name not in shared or not _returns(step):
            continue
        path = way(starts, partial(_onward, flow), name.__eq__)
        problems.add(
            step.line,
            worded(
                'step "{name}" comes back to an interrupted question, and {shown} leads to it '
                "where none was interrupted: the call would end.",
                name=name,
                shown=shown(path),
            ),
            worded("Give the side branch steps of its own, with a return."),
        )


def _check_soothing(text: Text, problems: Problems) -> None:
    """Soothing words may come at any step, so they read only what every call has."""
    for tag, template in text.by_language.items():
        try:
            check(template)
            unknown = names_in(template) - set(GIVEN) - guarded_in(template)
        except TemplateProblem as problem:
            problems.add(
                text.line,
                worded('when_upset: "soothe" {problem}', problem=problem.worded),
                worded("It is: {template}", template=template[:120]),
            )
            continue
        for name in sorted(unknown):
            problems.add(
                text.line,
                worded(
                    'when_upset: "soothe" uses the variable "{name}", which not every step knows.',
                    name=name,
                ),
                worded("Variables that every call has: {given}", given=", ".join(GIVEN)),
            )
        for found in unsayable(template, tag):
            problems.add(
                text.line,
                worded('when_upset: the text "soothe" in "{tag}" {text}', tag=tag, text=found.text),
                found.hint,
            )
