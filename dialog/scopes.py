"""Names inside of subflows: its steps are called "check/ask", its variables "check.code".

A subflow sees what it was given and what it fills itself, by their plain names. Whoever runs it
reads the same as fields of the step that ran it: `{{ check.code }}`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

INSIDE = "/"
"""Between the step that runs a subflow and a step of it."""
QUESTION = ":"
"""Between a step that asks several things, a survey or a callback, and a question of it."""
FIELD = "."
"""The same for variables, because that is how templates read them."""
SHARED = ("caller", "callee")
"""Variables that are the same in the whole call."""


def is_inside(step: str) -> bool:
    """Whether a step belongs to a subflow."""
    return INSIDE in step


def is_made(step: str) -> bool:
    """Whether a step isn't in the file: it is one of a subflow, or a question of another step."""
    return INSIDE in step or QUESTION in step


def written_as(step: str) -> str:
    """The step of the file that a question belongs to; any other is itself.

    >>> written_as("later:number"), written_as("check/ask")
    ('later', 'check/ask')
    """
    return step.partition(QUESTION)[0]


def scope_of(step: str) -> str:
    """What the variables of a step begin with.

    >>> scope_of("check/ask"), scope_of("menu")
    ('check.', '')
    """
    before, found, _ = step.rpartition(INSIDE)
    return before.replace(INSIDE, FIELD) + FIELD if found else ""


def inner_scope(step: str) -> str:
    """What the variables of the subflow begin with that a step runs.

    >>> inner_scope("check"), inner_scope("check/code")
    ('check.', 'check.code.')
    """
    return step.replace(INSIDE, FIELD) + FIELD


def readable(names: Iterable[str], step: str) -> frozenset[str]:
    """The names by which a step may read these variables; with their fields, where they have some.

    >>> sorted(readable(["caller", "check.code"], "menu"))
    ['caller', 'check', 'check.code']
    >>> sorted(readable(["caller", "check.code"], "check/ask"))
    ['caller', 'code']
    """
    scope = scope_of(step)
    found = set()
    for name in names:
        if name.startswith(scope):
            own = name.removeprefix(scope)
            found |= {own, own.partition(FIELD)[0]}
        elif name in SHARED:
            found.add(name)
    return frozenset(found)


def visible(variables: Mapping[str, Any], step: str) -> Mapping[str, Any]:
    """The variables as the templates of a step see them; what subflows filled as records."""
    scope = scope_of(step)
    if not scope and not any(FIELD in name for name in variables):
        return variables
    shared = {name: variables[name] for name in SHARED if name in variables}
    own = {
        name.removeprefix(scope): variables[name] for name in variables if name.startswith(scope)
    }
    return shared | _grouped(own)


def _grouped(named: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    groups: dict[str, dict[str, Any]] = {}
    for name, value in named.items():
        first, field, rest = name.partition(FIELD)
        if field:
            groups.setdefault(first, {})[rest] = value
        else:
            found[first] = value
    return found | {first: _grouped(inner) for first, inner in groups.items()}
