"""Checks that variables are what their steps and conditions take them for."""

from collections.abc import Iterator, Mapping

from dialog.flow import Ask, Flow, Lookup, Set, Step
from dialog.flow_places import Places
from dialog.flow_problems import Problems
from dialog.flow_subflow import Subflow
from dialog.flow_templates import GIVEN, sets, templates_by_step
from dialog.scopes import inner_scope, is_inside
from dialog.template import TemplateProblem, comparisons_in
from dialog.variables import Unfit, VariableType, typed
from dialog.variables_file import EXAMPLES
from voxdesk.kernel.speech import AnswerKind

_OF_ANSWERS: Mapping[AnswerKind, VariableType | None] = {
    AnswerKind.NUMBER: VariableType.NUMBER,
    AnswerKind.DATE: VariableType.DATE,
    AnswerKind.TIME: VariableType.TIME,
    AnswerKind.DATETIME: VariableType.DATETIME,
    AnswerKind.CHOICES: None,
}
"""What an answer is; every other is a text. None: nothing that can be declared."""


def check_variables(flow: Flow, problems: Problems, places: Places) -> None:
    """Adds each step that fills a variable with something else, or compares it with such."""
    for name, variable in flow.variables.items():
        if name in (*GIVEN, "hours"):
            problems.add(
                variable.line,
                f'variable "{name}": every call has one of this name.',
                "Give it another name.",
            )
    for step in flow.steps.values():
        if not is_inside(step.name):
            _check_filling(step, flow, problems, places)
    known = _known(flow)
    for name, template in templates_by_step(flow):
        if not is_inside(name):
            _check_comparisons(flow.steps[name], template, known, problems)


def _check_filling(step: Step, flow: Flow, problems: Problems, places: Places) -> None:
    where = f'step "{step.name}"'
    if isinstance(step, Ask) and step.slot in flow.variables:
        kind = flow.variables[step.slot].type
        if kind not in _may_be(step):
            problems.add(
                step.line,
                f'{where} fills "{step.slot}" with a {step.answer} answer, and the flow declares '
                f"it as {kind}.",
                "Declare it as what it is, or fill another variable.",
            )
    if isinstance(step, Lookup) and step.into in flow.variables:
        problems.add(
            step.line,
            f'{where} puts a record into "{step.into}", and the flow declares it as '
            f"{flow.variables[step.into].type}.",
            'Name another variable with "as"; records aren\'t declared.',
        )
    for name, value in _set_values(step):
        kind_of = flow.variables.get(name)
        if kind_of is None or "{" in value or not value:
            continue
        try:
            typed(value, kind_of.type)
        except Unfit:
            problems.add(
                places.of(step.name, value, step.line),
                f'{where} sets "{name}" to "{value[:40]}", and that is no {kind_of.type}.',
                EXAMPLES[kind_of.type],
            )


def _set_values(step: Step) -> Iterator[tuple[str, str]]:
    if isinstance(step, Set):
        yield from step.values.items()
    elif isinstance(step, Subflow):
        scope = inner_scope(step.name)
        yield from ((f"{scope}{name}", value) for name, value in step.values.items())


def _may_be(step: Ask) -> set[VariableType]:
    if step.answer is AnswerKind.YES_NO:
        return {VariableType.TEXT, VariableType.FLAG}
    found = _OF_ANSWERS.get(step.answer, VariableType.TEXT)
    return set() if found is None else {found}


def _known(flow: Flow) -> dict[str, VariableType]:
    """What each variable is: declared, or filled by answers of one type only, or by `set`."""
    found: dict[str, set[VariableType | None]] = {}
    for step in flow.steps.values():
        for name in sets(step):
            kinds: set[VariableType | None] = {None}
            if isinstance(step, Ask):
                only = _OF_ANSWERS.get(step.answer, VariableType.TEXT)
                kinds = {only}
            elif isinstance(step, Set):
                kinds = {VariableType.TEXT}
            found.setdefault(name, set()).update(kinds)
    inferred = {
        name: kind
        for name, kinds in found.items()
        if len(kinds) == 1 and (kind := next(iter(kinds))) is not None and name not in flow.takes
    }
    return inferred | {name: variable.type for name, variable in flow.variables.items()}


def _check_comparisons(
    step: Step, template: str, known: Mapping[str, VariableType], problems: Problems
) -> None:
    try:
        compared = comparisons_in(template)
    except TemplateProblem:
        return
    for name, value in compared:
        kind = known.get(name)
        if kind is None or _fits(value, kind):
            continue
        shown = f'the text "{value}"' if isinstance(value, str) else f"the number {value}"
        if isinstance(value, bool):
            shown = "true or false"
        problems.add(
            step.line,
            f'step "{step.name}" compares "{name}", a {kind}, with {shown}; they never fit.',
            _hint(name, value, kind),
        )


def _fits(value: object, kind: VariableType) -> bool:
    if isinstance(value, bool):
        return kind is VariableType.FLAG
    if isinstance(value, int | float):
        return kind is VariableType.NUMBER
    if not isinstance(value, str):
        return True
    if kind in {VariableType.NUMBER, VariableType.FLAG}:
        return False
    try:
        typed(value, kind)
    except Unfit:
        return value == ""
    return True


def _hint(name: str, value: object, kind: VariableType) -> str:
    if kind is VariableType.NUMBER:
        return f"Write {name} == 3, without quotes."
    if kind is VariableType.FLAG:
        return f"Write {name}, or not {name}."
    if kind is VariableType.TEXT and not isinstance(value, str):
        return f'Write {name} == "{value}", or declare it: variables: {{{name}: number}}.'
    return f"{EXAMPLES[kind]} In quotes."
