"""Checks the templates of a flow: their syntax, and that what they read can be there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dialog.flow import (
    Ask,
    Choose,
    Flow,
    Lookup,
    Queue,
    Set,
    Step,
    Text,
    Transfer,
    Waiting,
)
from dialog.flow_places import Places
from dialog.flow_problems import Problems, meant
from dialog.template import (
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

GIVEN = ("caller", "callee", "today", "language", "languages")
"""Variables that every call has: who calls, whom, the ISO date, the call's language, and the
languages that can be spoken and heard on this machine."""

_ORDER = (
    "number", "status", "open", "item", "total", "total_cents", "currency", "placed_on", "eta",
    "delivered_on", "carrier", "tracking_code", "customer", "customer_id",
)  # fmt: skip
RECORDS: Mapping[str, tuple[str, ...]] = {
    "caller": (
        "known", "phone", "customer_id", "display_name", "first_name", "language", "last_order",
        "open_orders",
    ),
    "order": _ORDER,
    "customer": ("id", "display_name", "first_name", "phone", "language"),
}  # fmt: skip
"""What a record of the CRM has: that of the caller, and by kind of lookup."""


@dataclass(frozen=True, slots=True)
class _Use:
    """One template and where it stands."""

    key: str
    template: str
    line: int
    condition: bool = False


def check_templates(
    flow: Flow, problems: Problems, *, complete: bool, places: Places | None = None
) -> bool:
    """Adds every problem of a template; True when all of them could be read.

    Args:
        flow: whose templates.
        problems: takes them.
        complete: whether all steps could be read; else variables may come from one that wasn't.
        places: of the file.
    """
    places = places or Places()
    readable = True
    known = _known_before(flow)
    anywhere = variables(flow)
    kinds = {step.into: step.what for step in flow.steps.values() if isinstance(step, Lookup)}
    for step in flow.steps.values():
        for use in _uses(step):
            names, guarded = _checked(step, use, problems, places)
            readable = readable and names is not None
            for name in sorted(names or ()):
                line = places.of(step.name, use.template, use.line, part=name)
                where = f'step "{step.name}": "{use.key}" uses the variable "{name}"'
                if name not in anywhere and complete:
                    problems.add(
                        line,
                        f"{where}, and nothing sets it.",
                        meant(name, sorted(anywhere), "Variables"),
                    )
                elif complete and name not in known.get(step.name, anywhere) | guarded:
                    problems.add(
                        line,
                        f"{where}, which no step before it sets.",
                        f"Set by: {', '.join(_setters(flow, name))}",
                    )
            _check_fields(step, use, kinds, problems, places)
    return readable


def variables(flow: Flow) -> set[str]:
    """Every variable that a call may have: those given, and what steps set."""
    return {*GIVEN, *(name for step in flow.steps.values() for name in _sets(step))}


def all_templates(flow: Flow) -> Iterator[str]:
    """Every template of a flow, as it is rendered."""
    for step in flow.steps.values():
        for use in _uses(step):
            yield condition_template(use.template) if use.condition else use.template


def fixed_texts(flow: Flow, language: str) -> tuple[str, ...]:
    """Every prompt that an unknown caller hears, for the cache of spoken prompts.

    Those of the start come first. A prompt that reads more than who calls isn't among them.
    """
    found = [
        render(template, {"caller": {}}, language)
        for step in sorted(flow.steps.values(), key=lambda step: step.name != flow.start)
        for key, text in prompts_of(step)
        for tag, template in text.by_language.items()
        if tag == language and key not in {"hint", "whisper"} and names_in(template) <= {"caller"}
    ]
    return tuple(dict.fromkeys(text for text in found if text))


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
            f'step "{step.name}": "{use.key}" {problem}',
            f"It is: {use.template[:120]}",
        )
        return None, set()


def _check_fields(
    step: Step, use: _Use, kinds: Mapping[str, str], problems: Problems, places: Places
) -> None:
    fields = fields_in_condition if use.condition else fields_in
    try:
        found = fields(use.template)
    except TemplateProblem:
        return
    for variable, field in sorted(found):
        record = "caller" if variable == "caller" else kinds.get(variable, "")
        if record in RECORDS and field not in RECORDS[record]:
            problems.add(
                places.of(step.name, use.template, use.line, part=field),
                f'step "{step.name}": "{use.key}" uses "{variable}.{field}", '
                f"and a record of kind {record} has no such field.",
                meant(field, RECORDS[record], "Fields"),
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
    if isinstance(step, Ask):
        yield from (_Use("names", template, step.line) for template in step.names)
    if isinstance(step, Transfer):
        yield _Use("transfer", step.target, step.line)
    for key, templates in _named_templates(step):
        for name, template in templates.items():
            yield _Use(f"{key}.{name}", template, step.line)


def _named_templates(step: Step) -> Iterator[tuple[str, Mapping[str, str]]]:
    if isinstance(step, Set):
        yield "set", step.values
    if isinstance(step, Lookup):
        yield "by", step.by
    if isinstance(step, Transfer):
        yield "headers", step.headers


def prompts_of(step: Step) -> Iterator[tuple[str, Text]]:
    """Every text of a step, with its key; all but "hint" are said to somebody."""
    yield "prompt", step.prompt
    if isinstance(step, Waiting):
        yield from (("again", step.again), ("help", step.help), ("hint", step.hint))
        yield from (("no_input", text) for text in step.no_input)
        yield from (("no_match", text) for text in step.no_match)
    if isinstance(step, Queue):
        yield "whisper", step.whisper


def _sets(step: Step) -> Iterator[str]:
    """The variables that a step may set."""
    if isinstance(step, Ask):
        yield step.slot
    elif isinstance(step, Set):
        yield from step.values
    elif isinstance(step, Lookup):
        yield step.into


def _setters(flow: Flow, name: str) -> list[str]:
    return [step.name for step in flow.steps.values() if name in _sets(step)]


def _known_before(flow: Flow) -> dict[str, set[str]]:
    """For each step, what some way to it may have set. The person is reached from everywhere."""
    known: dict[str, set[str]] = {flow.start: set(GIVEN)}
    waiting = [flow.start]
    asked_for = {name for name in (flow.person, flow.start_over) if name in flow.steps}
    while waiting:
        name = waiting.pop()
        step = flow.steps.get(name)
        if step is None:
            continue
        after = known[name] | set(_sets(step))
        targets = {target for _, target, _ in step.targets()}
        if isinstance(step, Waiting):
            targets |= asked_for
        for target in targets:
            before = known.get(target)
            if before is None or not after <= before:
                known[target] = (before or set()) | after
                waiting.append(target)
    return known
