"""Checks the templates of a flow: their syntax, and that what they read can be there."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from dialog.catalogue import CALLER_FIELDS, CRM, Catalogue
from dialog.flow import Answer, Ask, Choose, Flow, Lookup, Queue, Set, Step, Transfer, Waiting
from dialog.flow_anywhere import side_branches
from dialog.flow_callback import Callback
from dialog.flow_named import records_of
from dialog.flow_outside import Act
from dialog.flow_places import Places
from dialog.flow_problems import Problems, meant
from dialog.flow_subflow import Subflow
from dialog.flow_survey import Survey
from dialog.flow_texts import Text
from dialog.scopes import FIELD, INSIDE, QUESTION, inner_scope, is_inside, readable
from dialog.template import (
    RenderFailed,
    TemplateProblem,
    check,
    check_condition,
    condition_template,
    fields_in,
    fields_in_condition,
    guarded_in,
    guarded_in_condition,
    names_in,
    names_in_condition,
    render,
)
from dialog.variables import defaults
from voxdesk.kernel.worded import Worded, worded

GIVEN = ("caller", "callee", "today", "language", "languages", "feeling", "upset", "said")
"""Variables that every call has: who calls, whom, the ISO date, the call's language, the languages
that can be spoken and heard on this machine, how the caller feels and how upset they are, and their
last words at a menu."""

_ASKING = Survey | Callback
"""Steps whose questions are made when the flow is read."""
_NOT_ALONE = frozenset({"hint", "whisper", "about", "greeting", "note"})
"""Texts that a caller never hears, or only inside of a sentence."""

RECORDS: Mapping[str, tuple[str, ...]] = {
    "caller": CALLER_FIELDS,
    **{name: kind.fields for name, kind in CRM.lookups.items()},
}
"""What a record of the CRM has: that of the caller, and by kind of lookup."""


@dataclass(frozen=True, slots=True)
class _Use:
    """One template and where it stands."""

    key: str
    template: str
    line: int
    condition: bool = False


def check_templates(
    flow: Flow,
    problems: Problems,
    *,
    complete: bool,
    places: Places | None = None,
    catalogue: Catalogue = CRM,
) -> bool:
    """Adds every problem of a template; True when all of them could be read.

    Args:
        flow: whose templates.
        problems: takes them.
        complete: whether all steps could be read; else variables may come from one that wasn't.
        places: of the file.
        catalogue: says which fields records have.
    """
    places = places or Places()
    valid = True
    known = {step: readable(names, "") for step, names in _known_before(flow).items()}
    anywhere = readable(variables(flow), "")
    fields = _fields_of_records(flow, catalogue)
    for step in flow.steps.values():
        if is_inside(step.name):
            continue  # looked at with its own flow
        for use in _uses(step):
            names, guarded = _checked(step, use, problems, places)
            valid = valid and names is not None
            for name in sorted(names or ()):
                line = places.of(step.name, use.template, use.line, part=name)
                where = worded(
                    'step "{step}": "{key}" uses the variable "{name}"',
                    step=step.name,
                    key=use.key,
                    name=name,
                )
                if name not in anywhere and complete:
                    problems.add(
                        line,
                        worded("{where}, and nothing sets it.", where=where),
                        meant(name, sorted(anywhere), worded("Variables")),
                    )
                elif complete and name not in known.get(step.name, anywhere) | guarded:
                    problems.add(
                        line,
                        worded("{where}, which no step before it sets.", where=where),
                        _set_by(flow, name),
                    )
            _check_fields(step, use, fields, problems, places)
    _check_names(flow, problems)
    return valid


def _check_names(flow: Flow, problems: Problems) -> None:
    """A variable that is called as a step which runs a subflow would hide what that fills."""
    runs = {step.name for step in flow.steps.values() if isinstance(step, Subflow | _ASKING)}
    for step in flow.steps.values():
        for name in sorted(runs.intersection(sets(step))):
            problems.add(
                step.line,
                worded(
                    'step "{step}" sets the variable "{name}", and "{name}" is also a step '
                    "that runs "
                    "a subflow, a survey or a callback.",
                    step=step.name,
                    name=name,
                ),
                worded("Give one of them another name."),
            )


def variables(flow: Flow) -> set[str]:
    """Every variable that a call may have: those given, and what steps set."""
    set_by_steps = (name for step in flow.steps.values() for name in sets(step))
    declared = (name for name in flow.variables if FIELD not in name)
    return {*_given(flow), *declared, *set_by_steps}


def _given(flow: Flow) -> set[str]:
    """What there is before any step."""
    with_value = defaults(flow.variables)
    return {*GIVEN, *flow.takes, *with_value, *(["hours"] if flow.hours else [])}


def all_templates(flow: Flow) -> Iterator[str]:
    """Every template of a flow and of what it knows, as it is rendered."""
    yield from (template for _, template in templates_by_step(flow))
    for knowledge in flow.knowledge.values():
        for question in knowledge.questions.values():
            yield from question.answer.by_language.values()
    if flow.when_upset is not None and flow.when_upset.soothe is not None:
        yield from flow.when_upset.soothe.by_language.values()


def templates_by_step(flow: Flow) -> Iterator[tuple[str, str]]:
    """The same, each with the name of its step."""
    for step in flow.steps.values():
        for use in _uses(step):
            template = condition_template(use.template) if use.condition else use.template
            yield step.name, template


def fixed_texts(flow: Flow, language: str) -> tuple[str, ...]:
    """Every prompt that an unknown caller hears, for the cache of spoken prompts.

    Those of the start come first. A prompt that says more than who calls isn't among them; one that
    only chooses between wordings is, with both.
    """
    found = [
        said
        for step in sorted(flow.steps.values(), key=lambda step: step.name != flow.start)
        for key, text in prompts_of(step)
        for tag, template in text.by_language.items()
        if tag == language and key not in _NOT_ALONE
        for said in _fixed(template, language)
    ]
    found += [
        render(template, {"caller": {}}, language)
        for knowledge in flow.knowledge.values()
        for question in knowledge.questions.values()
        if (template := question.answer.by_language.get(language, ""))
        and names_in(template) <= {"caller"}
    ]
    return tuple(dict.fromkeys(text for text in found if text))


def _fixed(template: str, language: str) -> tuple[str, ...]:
    """What a template says whatever the call brings, as far as that can be known."""
    names = names_in(template)
    if names <= {"caller"}:
        return (render(template, {"caller": {}}, language),)
    if "{{" in template:
        return ()
    said = []
    for value in ("", "yes"):
        with suppress(RenderFailed):
            said.append(render(template, {**dict.fromkeys(names, value), "caller": {}}, language))
    return tuple(said)


def _checked(
    step: Step, use: _Use, problems: Problems, places: Places
) -> tuple[set[str] | None, set[str]]:
    """The variables that it reads, and those with a default; None when it isn't valid."""
    verify: Callable[[str], None] = check_condition if use.condition else check
    try:
        verify(use.template)
        if use.condition:
            return names_in_condition(use.template), guarded_in_condition(use.template)
        return names_in(use.template), guarded_in(use.template)
    except TemplateProblem as problem:
        problems.add(
            places.of(step.name, use.template, use.line),
            worded(
                'step "{step}": "{key}" {problem}',
                step=step.name,
                key=use.key,
                problem=problem.worded,
            ),
            worded("It is: {template}", template=use.template[:120]),
        )
        return None, set()


@dataclass(frozen=True, slots=True)
class _Record:
    """What a variable has as fields; `kind` says what it is."""

    kind: Worded
    fields: tuple[str, ...]


def _fields_of_records(flow: Flow, catalogue: Catalogue) -> Mapping[str, _Record]:
    """Each variable that is a record: the caller, what lookups find, what subflows fill."""
    found = {
        variable: _Record(worded("a record of kind {kind}", kind=kind), fields)
        for variable, (kind, fields) in records_of(flow, catalogue).items()
        if fields
    }
    for step in flow.steps.values():
        if isinstance(step, Subflow) and not is_inside(step.name):
            scope = inner_scope(step.name)
            names = (name for name in variables(flow) if name.startswith(scope))
            fields = sorted({name.removeprefix(scope).partition(FIELD)[0] for name in names})
            found[step.name] = _Record(
                worded('the subflow "{flow}"', flow=step.flow), tuple(fields)
            )
        elif isinstance(step, _ASKING) and not is_inside(step.name):
            names = (name for name in variables(flow) if name.startswith(inner_scope(step.name)))
            fields = sorted(name.rpartition(FIELD)[2] for name in names)
            kind = (
                worded("the survey {survey}", survey=step.survey)
                if isinstance(step, Survey)
                else worded("the callback")
            )
            found[step.name] = _Record(kind, tuple(fields))
    return found


def _check_fields(
    step: Step, use: _Use, records: Mapping[str, _Record], problems: Problems, places: Places
) -> None:
    fields = fields_in_condition if use.condition else fields_in
    try:
        found = fields(use.template)
    except TemplateProblem:
        return
    for variable, field in sorted(found):
        record = records.get(variable)
        if record is not None and field not in record.fields:
            problems.add(
                places.of(step.name, use.template, use.line, part=field),
                worded(
                    'step "{step}": "{key}" uses "{variable}.{field}", and {kind} has no such '
                    "field.",
                    step=step.name,
                    key=use.key,
                    variable=variable,
                    field=field,
                    kind=record.kind,
                ),
                meant(field, record.fields, worded("Fields")),
            )


def _uses(step: Step) -> Iterator[_Use]:
    """Every template of a step."""
    for key, text in prompts_of(step):
        for template in text.by_language.values():
            yield _Use(key, template, text.line)
    if isinstance(step, Choose):
        for branch in step.branches:
            if branch.condition:
                yield _Use("if", branch.condition, branch.line, condition=True)
    for key, template in _bare_templates(step):
        yield _Use(key, template, step.line)
    for key, templates in _named_templates(step):
        for name, template in templates.items():
            yield _Use(f"{key}.{name}", template, step.line)


def _bare_templates(step: Step) -> Iterator[tuple[str, str]]:
    """Those that are the whole value of a key, or one of its list."""
    if isinstance(step, Ask):
        yield from (("names", template) for template in step.names)
    if isinstance(step, Answer) and step.words:
        yield "words", step.words
    if isinstance(step, Transfer):
        yield "transfer", step.target


def _named_templates(step: Step) -> Iterator[tuple[str, Mapping[str, str]]]:
    if isinstance(step, Set):
        yield "set", step.values
    if isinstance(step, Subflow):
        yield "with", step.values
    if isinstance(step, Lookup):
        yield "by", step.by
    if isinstance(step, Act):
        yield "with", step.given
    if isinstance(step, Transfer):
        yield "headers", step.headers


def prompts_of(step: Step) -> Iterator[tuple[str, Text]]:
    """Every text of a step, with its key; all but "hint" are said to somebody."""
    yield "prompt", step.prompt
    if isinstance(step, Waiting):
        yield from (("again", step.again), ("help", step.help), ("hint", step.hint))
        yield "about", step.about
        yield from (("no_input", text) for text in step.no_input)
        yield from (("no_match", text) for text in step.no_match)
    if isinstance(step, Queue):
        yield "whisper", step.whisper
    if isinstance(step, Callback):
        yield from (("greeting", step.greeting), ("note", step.note))


def sets(step: Step) -> Iterator[str]:
    """The variables that a step may set."""
    if isinstance(step, Ask | Answer):
        yield step.slot
    elif isinstance(step, Set):
        yield from step.values
    elif isinstance(step, Lookup | Act):
        yield step.into
    elif isinstance(step, Subflow):
        yield from (f"{inner_scope(step.name)}{name}" for name in step.values)


def _set_by(flow: Flow, name: str) -> Worded:
    """The steps that set a variable, or some field of it; of a subflow, whoever runs it."""
    setters = (step for step in flow.steps.values() if name in readable(sets(step), ""))
    names = dict.fromkeys(re.split(f"[{INSIDE}{QUESTION}]", step.name)[0] for step in setters)
    return (
        worded("Set by: {names}", names=", ".join(names))
        if names
        else worded("Give it a default, or set it before.")
    )


def _known_before(flow: Flow) -> dict[str, set[str]]:
    """For each step, what some way to it may have set. The person is reached from everywhere."""
    known: dict[str, set[str]] = {flow.start: _given(flow)}
    waiting = [flow.start]
    asked_for = {name for name in (flow.person, flow.start_over) if name in flow.steps}
    asides = set(side_branches(flow))
    while waiting:
        name = waiting.pop()
        step = flow.steps.get(name)
        if step is None:
            continue
        after = known[name] | set(sets(step))
        targets = {target for _, target, _ in step.targets()}
        if isinstance(step, Waiting):
            targets |= asked_for | asides
        for target in targets:
            before = known.get(target)
            if before is None or not after <= before:
                known[target] = (before or set()) | after
                waiting.append(target)
    return known
