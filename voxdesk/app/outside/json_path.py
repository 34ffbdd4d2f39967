"""Paths into a JSON answer: `stock.items[0].count`; keys of any kind in quotes. Pure."""

import re
from typing import Any

_STEP = re.compile(
    r"""(?:^|\.)(?P<key>[A-Za-z_][A-Za-z0-9_-]*)"""
    r"""|\[(?P<place>-?\d{1,4})\]"""
    r"""|\[(?P<quote>["'])(?P<quoted>[^"'\]]{1,80})(?P=quote)\]"""
)
MAX_STEPS = 12

Path = tuple[str | int, ...]


class _Absent:
    """What isn't there, unlike null, which is."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


def parse(text: str) -> Path | None:
    """The steps of a path; None when it is none. A leading "$" may be there.

    >>> parse("$.stock.items[0]['unit price']")
    ('stock', 'items', 0, 'unit price')
    """
    rest = text.strip().removeprefix("$")
    rest = rest.removeprefix(".") if text.strip().startswith("$") else rest
    steps: list[str | int] = []
    at = 0
    while at < len(rest):
        found = _STEP.match(rest, at) if at else _STEP.match(rest)
        if found is None or len(steps) == MAX_STEPS:
            return None
        place = found["place"]
        steps.append(int(place) if place is not None else (found["key"] or found["quoted"]))
        at = found.end()
    return tuple(steps)


def value_at(document: Any, path: Path) -> Any:
    """What is there; `ABSENT` where the path leads nowhere."""
    here = document
    for step in path:
        if isinstance(step, str):
            if not isinstance(here, dict) or step not in here:
                return ABSENT
        elif not isinstance(here, list) or not -len(here) <= step < len(here):
            return ABSENT
        here = here[step]
    return here
