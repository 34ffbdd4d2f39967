"""Reads the business hours at the top of a flow's file."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from zoneinfo import available_timezones

from dialog.business_hours import DAY, Hours, Span, places_with_holidays, public_holidays
from dialog.flow_problems import meant, nearest
from dialog.flow_values import Context
from dialog.yaml_tree import Node
from voxdesk.kernel.worded import worded

KEYS = ("timezone", "week", "holidays", "dates")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED, AS_USUAL = "closed", "as usual"
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})")  # noqa: RUF001  a dash
_EXAMPLE = worded("Write week: {mon-fri: 09:00-18:00, sat: [10:00-12:00, 13:00-16:00]}.")
_SHORTEST = 2
"""Letters of a day's name."""


def read_hours(node: Node, context: Context, key: str) -> Mapping[str, Hours]:
    """Sets of hours by name."""
    if not node.is_map or not node.entries():
        context.problems.add(
            node.at,
            worded('{where}: "{key}" must be names with hours.', where=context.where, key=key),
            worded(
                "Write hours: {support: {timezone: America/New_York, week: {mon-fri: "
                "09:00-18:00}}}."
            ),
        )
        return {}
    found: dict[str, Hours] = {}
    for name, entry in node.entries().items():
        inner = Context(context.problems, context.languages, worded('hours "{name}"', name=name))
        if not name.isidentifier():
            context.problems.add(
                entry.line,
                worded(
                    "{where}: its name is no word, so templates can't read it.", where=inner.where
                ),
                worded("Write {sub}.", sub=re.sub("[^0-9A-Za-z_]", "_", name)),
            )
        hours = _hours(entry, inner)
        if hours is not None:
            found[name] = hours
    return found


def _hours(node: Node, context: Context) -> Hours | None:
    given = node.entries()
    for key, entry in given.items():
        if key not in KEYS:
            context.problems.add(
                entry.line,
                worded('{where} has no key "{key}".', where=context.where, key=key),
                meant(key, KEYS, worded("Keys")),
            )
    for key in ("timezone", "week"):
        if key not in given:
            hint = worded("Write timezone: America/New_York.") if key == "timezone" else _EXAMPLE
            context.problems.add(
                node.line, worded('{where} has no "{key}".', where=context.where, key=key), hint
            )
    if "timezone" not in given or "week" not in given:
        return None
    zone = _timezone(given["timezone"], context)
    week = _week(given["week"], context)
    return Hours(
        timezone=zone,
        week=week,
        holidays=tuple(_holidays(given["holidays"], context)) if "holidays" in given else (),
        dates=_dates(given["dates"], context) if "dates" in given else {},
        line=node.line,
    )


def _timezone(node: Node, context: Context) -> str:
    name = _word(node)
    if name in available_timezones():
        return name
    problem = worded(
        '{where}: "timezone" is "{name}", and there is no such time zone.',
        where=context.where,
        name=name[:40],
    )
    last = {zone.rpartition("/")[2].lower(): zone for zone in sorted(available_timezones())}
    near = last.get(name.rpartition("/")[2].lower().replace(" ", "_"))
    zones = sorted(available_timezones())
    if near:
        hint = worded('Did you mean "{near}"?', near=near)
    elif like := nearest(name, zones):
        hint = worded('Did you mean "{near}"?  As in America/New_York.', near=like)
    else:
        known = meant(name, zones, worded("Time zones"))
        hint = worded("{zones}  As in America/New_York.", zones=known)
    context.problems.add(node.at, problem, hint)
    return "UTC"


def _week(node: Node, context: Context) -> tuple[tuple[Span, ...], ...]:
    week: list[tuple[Span, ...]] = [()] * len(DAYS)
    named: dict[int, str] = {}
    if not node.is_map or not node.entries():
        context.problems.add(
            node.at,
            worded('{where}: "week" must be days with their hours.', where=context.where),
            _EXAMPLE,
        )
        return tuple(week)
    for days, entry in node.entries().items():
        spans = _spans(entry, context, f"week.{days}")
        for day in _days(days, entry, context):
            if day in named:
                context.problems.add(
                    entry.line,
                    worded(
                        '{where}: {title} is in "{named}" and in "{days}".',
                        where=context.where,
                        title=DAYS[day].title(),
                        named=named[day],
                        days=days,
                    ),
                    worded("Name each day once."),
                )
            named[day] = days
            week[day] = spans
    if named and not any(week):
        context.problems.add(
            node.at,
            worded("{where} is never open.", where=context.where),
            worded("Say when it is, or leave it away."),
        )
    return tuple(week)


def _days(written: str, node: Node, context: Context) -> Iterator[int]:
    """The days of "mon-fri", "sat, sun", "daily"; 0 is Monday."""
    if written.strip().lower() in {"daily", "every day"}:
        yield from range(len(DAYS))
        return
    for part in written.split(","):
        names = re.split(r"\s*(?:-|–| to )\s*", part.strip())  # noqa: RUF001  a dash
        ends = [_day(name) for name in names]
        if None in ends or len(ends) > 2:  # noqa: PLR2004  from one to another
            wrong = names[ends.index(None)] if None in ends else part.strip()
            context.problems.add(
                node.line,
                worded(
                    '{where}: "{wrong}" is no day of the week.', where=context.where, wrong=wrong
                ),
                worded(
                    '{days}; or a range, "mon-fri".',
                    days=meant(wrong.lower(), [*DAYS, "daily"], worded("Days")),
                ),
            )
            continue
        first, last = (ends[0] or 0), (ends[-1] or 0)
        length = (last - first) % len(DAYS)
        yield from ((first + ahead) % len(DAYS) for ahead in range(length + 1))


def _day(name: str) -> int | None:
    name = name.strip().lower()
    if len(name) < _SHORTEST:
        return None
    return next((place for place, day in enumerate(DAYS) if day.startswith(name)), None)


def _spans(node: Node, context: Context, key: str) -> tuple[Span, ...]:
    if _word(node).lower() == CLOSED:
        return ()
    found = []
    for entry in node.children() if node.is_list else [node]:
        span = _span(_word(entry))
        if span is None:
            context.problems.add(
                entry.at,
                worded(
                    '{where}: "{key}" must be times from 00:00 to 24:00, and is "{word}".',
                    where=context.where,
                    key=key,
                    word=_word(entry)[:40],
                ),
                worded("Write 09:00-18:00, several as [09:00-12:00, 13:00-18:00], or closed."),
            )
        else:
            found.append(span)
    return tuple(found)


def _span(written: str) -> Span | None:
    found = _SPAN.fullmatch(written)
    if found is None:
        return None
    hour, minute, last_hour, last_minute = map(int, found.groups())
    start, end = hour * 60 + minute, last_hour * 60 + last_minute
    if max(minute, last_minute) >= 60 or start >= DAY or end > DAY or start == end:  # noqa: PLR2004
        return None
    return Span(start, end if end > start else end + DAY)


def _holidays(node: Node, context: Context) -> Iterator[str]:
    for entry in node.children() if node.is_list else [node]:
        where = _word(entry).upper()
        try:
            public_holidays(where, 2026)
        except LookupError:
            places = places_with_holidays()
            country = where.partition("-")[0]
            known = [f"{country}-{part}" for part in places.get(country, ())] or list(places)
            context.problems.add(
                entry.at,
                worded(
                    '{where}: nobody knows the holidays of "{where2}".',
                    where=context.where,
                    where2=where[:20],
                ),
                meant(where, known, worded("Countries and parts of them")),
            )
        else:
            yield where


def _dates(node: Node, context: Context) -> Mapping[str, tuple[Span, ...] | None]:
    found: dict[str, tuple[Span, ...] | None] = {}
    if not node.is_map:
        context.problems.add(
            node.at,
            worded('{where}: "dates" must be days with their hours.', where=context.where),
            worded(
                "Write dates: {2026-12-24: 09:00-12:00, 2026-12-31: closed, 2026-10-12: as usual}."
            ),
        )
    for written, entry in node.entries().items():
        try:
            day = date.fromisoformat(written.strip()).isoformat()
        except ValueError:
            context.problems.add(
                entry.line,
                worded(
                    '{where}: "{written}" is no day.', where=context.where, written=written[:40]
                ),
                worded("Write a day as 2026-12-24."),
            )
            continue
        usual = " ".join(_word(entry).lower().split()) == AS_USUAL
        found[day] = None if usual else _spans(entry, context, f"dates.{written}")
    return found


def _word(node: Node) -> str:
    return "" if node.is_map or node.is_list or node.value is None else node.raw.strip()
