"""Puts the steps of subflows into the flow that runs them, when it is read.

The dialogue, the log, drawings, tests and recovery then meet nothing but steps.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeGuard, TypeVar

from dialog.flow import (
    Answer,
    Ask,
    Branch,
    Choose,
    Flow,
    Handover,
    Lookup,
    Menu,
    Set,
    Step,
    Waiting,
)
from dialog.flow_callback import Callback
from dialog.flow_hours import ByHours
from dialog.flow_outside import Act
from dialog.flow_subflow import Return, Subflow
from dialog.flow_survey import SurveyEnd, SurveyQuestion
from dialog.flow_texts import Option
from dialog.scopes import INSIDE, inner_scope
from dialog.yaml_tree import LineNumber

Rename = Callable[[str], str]
Fields = Mapping[type[Step], tuple[str, ...]]
Item = TypeVar("Item")

LEADS: Fields = {
    Step: ("then",),
    Waiting: ("give_up",),
    Ask: ("yes", "no", "options"),
    Menu: ("options",),
    Answer: ("unknown", "nothing"),
    Choose: ("branches",),
    Lookup: ("found", "missing", "failed"),
    Act: ("done", "refused", "failed"),
    Handover: ("outcomes",),
    Subflow: ("entry", "outcomes"),
    ByHours: ("open", "closed", "holiday"),
    SurveyQuestion: ("of", "declined"),
    SurveyEnd: ("of",),
    Callback: ("failed", "after"),
}
"""Fields of steps that name steps."""
NAMES: Fields = {
    Ask: ("slot", "also"),
    Menu: ("also",),
    Answer: ("slot",),
    Set: ("values",),
    Lookup: ("into",),
    Act: ("into",),
    ByHours: ("hours",),
}
"""Fields of steps that name variables, or hours; of a mapping, its keys do."""


def inlined(caller: Subflow, flow: Flow) -> Iterator[Step]:
    """The steps of a subflow as those of the flow that runs it.

    Args:
        caller: the step that runs it.
        flow: the subflow, with the steps of its own subflows in it. Those of its steps that no way
            leads to from its start (its own `person`, say) are left out.
    """
    scope = inner_scope(caller.name)

    def inside(step: str) -> str:
        return f"{caller.name}{INSIDE}{step}"

    def variable(name: str) -> str:
        return name if name == "language" else f"{scope}{name}"

    for name in _reached(flow):
        step = _lying(flow.steps[name], flow.path)
        changes = {field: _lead(getattr(step, field), inside) for field in _of(step, LEADS)}
        changes |= {field: _name(getattr(step, field), variable) for field in _of(step, NAMES)}
        if _comes_back(step):
            changes["then"] = caller.outcomes.get(step.outcome, "") if step.outcome else caller.then
        sensitive = step.sensitive or caller.sensitive
        yield dataclasses.replace(step, name=inside(name), sensitive=sensitive, **changes)


def entered(caller: Subflow, flow: Flow) -> Subflow:
    """The step that runs a subflow, once that is part of its flow."""
    return dataclasses.replace(caller, entry=f"{caller.name}{INSIDE}{flow.start}")


def outcomes_of(flow: Flow) -> dict[str, int]:
    """What a flow may return, with the line that says so; "" is no outcome."""
    steps = (flow.steps[name] for name in _reached(flow))
    return {step.outcome: step.line for step in steps if _comes_back(step)}


def _comes_back(step: Step) -> TypeGuard[Return]:
    """Whether it leads out of its flow; that of a subflow in it leads only to the flow itself."""
    return isinstance(step, Return) and not step.then


def _reached(flow: Flow) -> list[str]:
    """The steps that lead from the start to each other, in the file's order."""
    seen: set[str] = set()
    waiting = [flow.start]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in flow.steps:
            continue
        seen.add(name)
        waiting += [target for _, target, _ in flow.steps[name].targets()]
    return [name for name in flow.steps if name in seen]


def _of(step: Step, table: Fields) -> Iterator[str]:
    for kind, fields in table.items():
        if isinstance(step, kind):
            yield from fields


def _lead(value: Any, rename: Rename) -> Any:
    """A name of a step, or something that holds some, with other names."""
    if isinstance(value, str):
        return rename(value) if value else value
    if isinstance(value, Mapping):
        return {key: _lead(entry, rename) for key, entry in value.items()}
    if isinstance(value, Option | Branch):
        return dataclasses.replace(value, then=_lead(value.then, rename))
    return tuple(_lead(entry, rename) for entry in value)


def _name(value: Any, rename: Rename) -> Any:
    """A variable, several, or values for some, with other names."""
    if isinstance(value, str):
        return rename(value) if value else value
    if isinstance(value, Mapping):
        return {rename(name): entry for name, entry in value.items()}
    return tuple(map(rename, value))


def _lying(value: Item, path: str) -> Item:
    """The same, with the file in every place that messages may name."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    lying = partial(_lying, path=path)
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        entry = getattr(value, field.name)
        if field.name == "line":
            changes["line"] = LineNumber.of(entry, path)
        elif isinstance(entry, tuple):
            changes[field.name] = tuple(map(lying, entry))
        elif dataclasses.is_dataclass(entry):
            changes[field.name] = lying(entry)
    return dataclasses.replace(value, **changes)
