"""Checks what a flow names outside of it: lookups and acts that there are, with what they take."""

from collections.abc import Iterator, Mapping, Sequence

from dialog.catalogue import CALLER_FIELDS, REASON, Catalogue, Kind
from dialog.flow import Flow, Lookup, Step
from dialog.flow_outside import Act
from dialog.flow_places import Places
from dialog.flow_problems import Problems, meant, nearest
from dialog.scopes import is_inside
from voxdesk.kernel.worded import Worded, worded


def check_named(flow: Flow, problems: Problems, catalogue: Catalogue, places: Places) -> None:
    """Adds a problem for each name that isn't there, and each value that is missing or too much."""
    for step in flow.steps.values():
        if is_inside(step.name):
            continue  # looked at with its own flow
        if isinstance(step, Lookup):
            _check(step, "lookup", "by", step.what, step.by, (catalogue, problems, places))
        elif isinstance(step, Act):
            _check(step, "do", "with", step.what, step.given, (catalogue, problems, places))


def names_missing(flow: Flow, catalogue: Catalogue) -> list[str]:
    """What a flow names and there is not, each as "step "find": warehouse.stock"."""
    return [
        f'step "{step.name}": {step.what}'
        for step in flow.steps.values()
        if (isinstance(step, Lookup) and step.what not in catalogue.lookups)
        or (isinstance(step, Act) and step.what not in catalogue.acts)
    ]


def records_of(flow: Flow, catalogue: Catalogue) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """The variables that hold records: each with the kind of record, and the fields it may have."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {"caller": ("caller", CALLER_FIELDS)}
    for variable, what, fields in _filled(flow, catalogue):
        if variable in found and found[variable] != (what, fields):
            before = found[variable]
            found[variable] = (f"{before[0]} or {what}", tuple({*before[1], *fields}))
        else:
            found[variable] = (what, fields)
    return found


def _filled(flow: Flow, catalogue: Catalogue) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for step in flow.steps.values():
        if isinstance(step, Lookup) and step.what in catalogue.lookups:
            yield step.into, step.what, catalogue.lookups[step.what].fields
        elif isinstance(step, Act) and step.what in catalogue.acts:
            fields = catalogue.acts[step.what].fields
            yield step.into, step.what, (*fields, REASON)


def _check(  # noqa: PLR0917  the parts of one message
    step: Step,
    key: str,
    group: str,
    what: str,
    given: Mapping[str, str],
    tools: tuple[Catalogue, Problems, Places],
) -> None:
    catalogue, problems, places = tools
    known = catalogue.lookups if key == "lookup" else catalogue.acts
    kind = known.get(what)
    if kind is None:
        if what:
            problems.add(
                places.of(step.name, what, step.line),
                worded(
                    'step "{step}": "{key}" is "{what}", and there is no such thing.',
                    step=step.name,
                    key=key,
                    what=what,
                ),
                _instead(what, key, catalogue),
            )
        return
    for name in given:
        if name not in kind.takes:
            problems.add(
                _line_of(places, step, (group, name)),
                worded(
                    'step "{step}": "{group}.{name}", and {what} takes no such value.',
                    step=step.name,
                    group=group,
                    name=name,
                    what=what,
                ),
                meant(name, kind.takes, worded("Values")),
            )
    missing = [name for name in kind.keys if name not in given]
    if missing and given:
        problems.add(
            _line_of(places, step, (group,)),
            worded(
                'step "{step}": {what} needs "{missing}" in "{group}".',
                step=step.name,
                what=what,
                missing=missing[0],
                group=group,
            ),
            worded("Write {group}: {example}.", group=group, example=_example(kind)),
        )


def _instead(what: str, key: str, catalogue: Catalogue) -> Worded:
    """What was meant; a lookup that is taken for an act is told so."""
    if key == "lookup" and what in catalogue.acts:
        return worded("It is something to do: write do: {what}, with: …", what=what)
    if key == "do" and what in catalogue.lookups:
        return worded("It is something to look up: write lookup: {what}, by: …", what=what)
    names = catalogue.lookups if key == "lookup" else catalogue.acts
    return meant(what, _near_first(what, names), worded("There are"))


def _near_first(what: str, names: Mapping[str, Kind]) -> list[str]:
    near = nearest(what, names)
    return sorted(names, key=lambda name: (name != near, name))


def _example(kind: Kind) -> str:
    return "{" + ", ".join(f'{name}: "{{{{ … }}}}"' for name in kind.keys) + "}"


def _line_of(places: Places, step: Step, path: Sequence[str]) -> int:
    """The line of a key, as far as the path to it is there."""
    node, line = places.steps.get(step.name), step.line
    for key in path:
        node = node.entries().get(key) if node else None
        line = node.line if node else line
    return line
