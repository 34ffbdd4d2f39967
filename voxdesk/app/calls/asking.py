"""What somebody asks for, on a page or a command line, as `Wanted`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.finding.query import Query, SearchRefused, parse
from crm.finding.wanted import Wanted
from crm.flows.models import FlowVersion
from crm.privacy.consent import Told

LARGEST: Final = 2**31 - 1
_VERSION_NUMBER_DIGITS: Final = 5
"""Shorter figures are a version's number, all else is the beginning of its hash."""
_TEXTS: Final = {
    "agent": "agent",
    "call": "call",
    "caller": "caller",
    "cause": "cause",
    "customer": "customer",
    "feeling": "feeling",
    "flow": "flow",
    "language": "language",
    "outcome": "outcome",
    "step": "step",
}
_YES: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class _Figure:
    """A field with a number: the attribute, and what one of its unit is there."""

    attribute: str
    unit: int
    example: str


_FIGURES: Final = {
    "silence": _Figure("silence_ms", 1000, "silence:10 is a silence of at least 10 s"),
    "latency": _Figure("latency_ms", 1, "latency:2000 is an answer after at least 2000 ms"),
    "no-match": _Figure("no_matches", 1, "no-match:2 is at least two"),
    "no-input": _Figure("no_inputs", 1, "no-input:2 is at least two"),
    "slow": _Figure("slow_turns", 1, "slow:1 is at least one slow turn"),
}


def with_search(session: Session, wanted: Wanted, text: str, zone: tzinfo) -> Wanted:
    """`wanted`, and all that a search says; days and times without a zone are of `zone`.

    Raises:
        SearchRefused: it can't be understood.
    """
    query = parse(text)
    found: dict[str, Any] = {"text": Query(query.terms)}
    versions: list[str] = []
    for name, value in query.fields:
        if not value.strip():
            raise SearchRefused(
                f"After {name}: a value is missing.", case="search_value_missing", field=name
            )
        if name == "version":
            versions.append(value)
            continue
        attribute, read = _reader(name, zone)
        if attribute in found:
            raise SearchRefused(
                f"{name}: is there twice; a call can't have both.", case="search_twice", field=name
            )
        found[attribute] = read(value)
    narrowed = replace(wanted, **found)
    for version in versions:
        narrowed = with_version(session, narrowed, version)
    return narrowed


def _reader(name: str, zone: tzinfo) -> tuple[str, Callable[[str], Any]]:
    if name in _TEXTS:
        return _TEXTS[name], str.strip
    if name in _FIGURES:
        figure = _FIGURES[name]
        return figure.attribute, lambda value: _number(value, figure)
    if name == "consent":
        return name, _told
    if name in {"since", "until"}:
        return name, lambda value: moment(value, zone, end=name == "until")
    return name, lambda value: _yes_or_no(name, value)


def _told(value: str) -> Told:
    try:
        return Told(value.strip().lower().replace("-", "_"))
    except ValueError:
        raise SearchRefused(
            f"consent: is {', '.join(Told)}, not {value[:20]}.",
            case="search_consent",
            allowed=", ".join(Told),
            text=value[:20],
        ) from None


def _number(value: str, figure: _Figure) -> int:
    try:
        number = round(float(value.removeprefix(">=").removeprefix(">")) * figure.unit)
    except (ValueError, OverflowError):
        number = -1
    if not 0 <= number <= LARGEST:
        raise SearchRefused(
            f'"{value[:20]}" is no such number: {figure.example}.',
            case="search_number",
            text=value[:20],
        )
    return number


def _yes_or_no(name: str, value: str) -> bool:
    meant = _YES.get(value.strip().lower())
    if meant is None:
        raise SearchRefused(
            f"{name}: is yes or no, not {value[:20]}.",
            case="search_yes_or_no",
            field=name,
            text=value[:20],
        )
    return meant


def moment(text: str, zone: tzinfo, *, end: bool = False) -> datetime:
    """A day, or a moment; of `zone` where it has none. `end`: a day means its end.

    Raises:
        SearchRefused: it is neither.
    """
    try:
        found = datetime.fromisoformat(text)
        if end and "T" not in text.upper() and " " not in text:
            found += timedelta(days=1)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise SearchRefused(
            f'"{text[:30]}" is no time: write a day like 2026-11-21, or 2026-11-21T14:30.',
            case="search_time",
            text=text[:30],
        ) from error


def with_version(session: Session, wanted: Wanted, version: str) -> Wanted:
    """`wanted`, of one version: its number, or the beginning of its hash.

    Raises:
        SearchRefused: no version has this number.
    """
    if not (version.isascii() and version.isdigit() and len(version) <= _VERSION_NUMBER_DIGITS):
        return replace(wanted, versions=(version,))
    query = select(FlowVersion.hash).where(FlowVersion.number == int(version))
    if wanted.flow:
        query = query.where(FlowVersion.flow == wanted.flow)
    hashes = tuple(session.scalars(query.limit(50)))
    if not hashes:
        raise SearchRefused(
            f"No flow was published as version {version}.", case="search_version", version=version
        )
    return replace(wanted, versions=hashes)
