"""When a place is open: hours of the week, holidays, days of their own. Pure; time comes in."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60
"""Minutes."""
LOOK_AHEAD = 400
"""Days within which it must open again; longer holidays are no hours."""
NEVER_CLOSES = 9
"""Days of being open without a break after which it isn't looked further for its end."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one minute after midnight to another, which may be on the next day."""

    start: int
    end: int


class State(enum.StrEnum):
    """How it is now."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Opening:
    """How it is at a moment.

    Attributes:
        state: HOLIDAY is closed, too.
        opens_at: when it opens next, ISO and local to the place; empty while it is open.
        closes_at: when it closes; empty while it is closed, or when it never does.
    """

    state: State
    opens_at: str = ""
    closes_at: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a place.

    Attributes:
        timezone: IANA name.
        week: the spans of each day, Monday first.
        holidays: whose public holidays are kept: "US", "US-CA".
        dates: days that differ, ISO: their spans, none: closed, or None: as usual, whatever day.
        line: of the file.
    """

    timezone: str
    week: tuple[tuple[Span, ...], ...]
    holidays: tuple[str, ...] = ()
    dates: Mapping[str, tuple[Span, ...] | None] = field(default_factory=dict)
    line: int = 0

    def at(self, moment: datetime) -> Opening:
        """How it is then; a moment without a time zone is one of the place's."""
        zone = ZoneInfo(self.timezone)
        local = moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
        now, today = local.astimezone(UTC), local.date()
        end = now
        for start, stop in self._spans(today, NEVER_CLOSES, zone):
            if start <= end < stop:
                end = stop
        if end > now:
            closes = end.astimezone(zone)
            longest = now + timedelta(days=NEVER_CLOSES - 1)
            return Opening(State.OPEN, closes_at="" if end > longest else _shown(closes))
        coming = (start for start, _ in self._spans(today, LOOK_AHEAD, zone) if start > now)
        opens = next(coming, None)
        return Opening(
            State.HOLIDAY if self.is_holiday(today) else State.CLOSED,
            opens_at=_shown(opens.astimezone(zone)) if opens else "",
        )

    def is_holiday(self, day: date) -> bool:
        """Whether that is a holiday here: a public one, or a day of its own that is closed."""
        if day.isoformat() in self.dates:
            return self.dates[day.isoformat()] == ()
        return any(day in public_holidays(where, day.year) for where in self.holidays)

    def spans(self, day: date) -> tuple[Span, ...]:
        """When it opens on a day."""
        usual = self.week[day.weekday()]
        if day.isoformat() in self.dates:
            own = self.dates[day.isoformat()]
            return usual if own is None else own
        return () if self.is_holiday(day) else usual

    def _spans(self, today: date, days: int, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        """From yesterday, whose last span may reach into today, on; in order, in UTC."""
        for ahead in range(-1, days):
            day = today + timedelta(days=ahead)
            found = (
                (_moment(day, span.start, zone), _moment(day, span.end, zone))
                for span in self.spans(day)
            )
            yield from sorted(found)


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """By the clock on the wall there: 9:00 is 9:00 on the days when clocks change, too."""
    whole, rest = divmod(minutes, DAY)
    wall = datetime.combine(day + timedelta(days=whole), time(rest // 60, rest % 60), zone)
    return wall.astimezone(UTC)


def _shown(local: datetime) -> str:
    return local.replace(tzinfo=None).isoformat(timespec="minutes")


@lru_cache(maxsize=512)
def public_holidays(where: str, year: int) -> frozenset[date]:
    """The public holidays of a country, "US", or of a part of it, "US-CA", in a year.

    Raises:
        LookupError: nobody knows them.
    """
    import holidays  # noqa: PLC0415  takes half a second, and most flows don't need it

    country, _, part = where.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError as error:
        raise LookupError(where) from error


def places_with_holidays() -> Mapping[str, tuple[str, ...]]:
    """Countries whose holidays are known, each with its parts."""
    import holidays  # noqa: PLC0415  as above

    found = holidays.list_supported_countries(include_aliases=False)
    return {country: tuple(parts) for country, parts in found.items()}
