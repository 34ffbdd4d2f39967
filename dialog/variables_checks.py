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
from voxdesk.kernel.worded import Worded, worded

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
                worded('variable "{name}": every call has one of this name.', name=name),
                worded("Give it another name."),
            )
    for step in flow.steps.values():
        if not is_inside(step.name):
            _check_filling(step, flow, problems, places)
    known = _known(flow)
    for name, template in templates_by_step(flow):
        if not is_inside(name):
            _check_comparisons(flow.steps[name], template, known, problems)


def _check_filling(step: Step, flow: Flow, problems: Problems, places: Places) -> None:
    where = worded('step "{step}"', step=step.name)
    if isinstance(step, Ask) and step.slot in flow.variables:
        kind = flow.variables[step.slot].type
        if kind not in _may_be(step):
            problems.add(
                step.line,
                worded(
                    '{where} fills "{slot}" with a {answer} answer, and the flow declares it as '
                    "{kind}.",
                    where=where,
                    slot=step.slot,
                    answer=step.answer,
                    kind=kind,
                ),
                worded("Declare it as what it is, or fill another variable."),
            )
    if isinstance(step, Lookup) and step.into in flow.variables:
        problems.add(
            step.line,
            worded(
                '{where} puts a record into "{into}", and the flow declares it as {type}.',
                where=where,
                into=step.into,
                type=flow.variables[step.into].type,
            ),
            worded('Name another variable with "as"; records aren\'t declared.'),
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
                worded(
                    '{where} sets "{name}" to "{value}", and that is no {type}.',
                    where=where,
                    name=name,
                    value=value[:40],
                    type=kind_of.type,
                ),
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
        if isinstance(value, bool):
            shown = worded("true or false")
        elif isinstance(value, str):
            shown = worded('the text "{value}"', value=value)
        else:
            shown = worded("the number {value}", value=str(value))
        problems.add(
            step.line,
            worded(
                'step "{step}" compares "{name}", a {kind}, with {shown}; they never fit.',
                step=step.name,
                name=name,
                kind=kind,
                shown=shown,
            ),
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


def _hint(name: str, value: object, kind: VariableType) -> Worded:
    if kind is VariableType.NUMBER:
        return worded("Write {name} == 3, without quotes.", name=name)
    if kind is VariableType.FLAG:
        return worded("Write {name}, or not {name}.", name=name)
    if kind is VariableType.TEXT and not isinstance(value, str):
        return worded(
            'Write {name} == "{value}", or declare it: variables: {{name}: number}.',
            name=name,
            value=str(value),
        )
    return worded("{examples} In quotes.", examples=EXAMPLES[kind])
