"""Times of day as English speakers say them: "half past three", "ten thirty", "noon"."""

import re
from collections.abc import Iterable, Iterator
from datetime import time

from dialog.understanding.amounts_en import TEENS, TENS, UNITS
from dialog.understanding.revised import meant
from dialog.understanding.words import plain

NOON = 12
LAST_AFTERNOON_HOUR = 6
"""A bare "at three" is in the afternoon up to this hour, and "at seven" in the morning: the hours
at which people have appointments."""
_SPOKEN = (
    UNITS
    | TEENS
    | {word: value for word, value in TENS.items() if value < 60}  # noqa: PLR2004
    | {
        f"{tens} {unit}": TENS[tens] + UNITS[unit]
        for tens in ("twenty", "thirty", "forty", "fifty")
        for unit in UNITS
        if unit != "zero"
    }
)
_N = rf"(?:\d{{1,2}}|{'|'.join(sorted(_SPOKEN, key=len, reverse=True))})\b"
_TAIL = r"(?:\s+o'?\s?clock)?\s*(?P<half>am|pm)?\b"
_MERIDIEM = re.compile(r"\b([ap])\.?\s?m\b\.?|(?<=\d)([ap])\.?m\b\.?")
_WORDS = (
    (re.compile(r"\b(?:noon|midday|noontime)\b"), time(12)),
    (re.compile(r"\bmidnight\b"), time(0)),
)
_WRITTEN = re.compile(rf"\b(?P<hour>\d{{1,2}})[:.h](?P<minute>\d\d)(?!\d){_TAIL}")
_RELATIVE = re.compile(
    rf"\b(?:a\s+)?(?P<minute>quarter|half|{_N})(?:\s+minutes?)?\s+"
    rf"(?P<way>past|after|to|before|of|till|til)\s+(?P<hour>noon|midnight|{_N}){_TAIL}"
)
_HUNDRED = re.compile(rf"\b(?P<hour>{_N})\s+hundred(?:\s+hours)?{_TAIL}")
_HALF_HOUR = re.compile(rf"\bhalf\s+(?P<hour>{_N}){_TAIL}")
_HOUR_MINUTE = re.compile(
    rf"\b(?P<hour>{_N})\s+(?:(?P<zero>oh|o|zero)\s+)?(?P<minute>{_N})(?!\s+(?:minutes?|hours?))"
    rf"{_TAIL}"
)
_HOUR = re.compile(rf"\b(?P<hour>{_N})(?:(?P<clock>\s+o'?\s?clock)\b)?\s*(?P<half>am|pm)?(?!\w)")
_BARE = re.compile(
    rf"(?:^|\b(?:at|around|about|by|like|say|from|before|after|until)\s+)(?P<hour>{_N})"
    r"(?=$|\s+(?:please|ish|or so|works|is|would|then|thanks|in the|at night|tonight|tomorrow|"
    r"today|on|if)\b|\s*[,.])"
)
_MORNING = re.compile(r"\bmorning\b")
_AFTERNOON = re.compile(r"\b(?:afternoon|evening|tonight)\b")
_NIGHT = re.compile(r"\bnight\b")
_UNITS_AFTER = re.compile(r"^\s+(?:minutes?|hours?|days?|weeks?|months?|people|of us|dollars?)\b")
_FILLERS = re.compile(r"\b(?:um+|uh+|er+|like|so|well|okay|ok|yeah|maybe|let's say|i'd say)\b[, ]*")


def time_en(text: str, *, explicit: bool = False) -> tuple[time, float] | None:
    """The time of day and how sure that is, or None.

    Args:
        text: what was said.
        explicit: a bare number ("at three") doesn't count; it may be something else.
    """
    for part in meant(text):
        said = _tidy(part)
        found = next(_readings(said, explicit=explicit), None)
        if found:
            return found
    return None


def _tidy(text: str) -> str:
    said = plain(text).lower().replace("-", " ")
    said = _MERIDIEM.sub(lambda found: f" {found[1] or found[2]}m", said)
    said = _FILLERS.sub(" ", said)
    return re.sub(r"\s+", " ", said).strip(" .,!?")


def _readings(said: str, *, explicit: bool) -> Iterator[tuple[time, float]]:
    """Every time in the text, those that say so most plainly first."""
    parted = any(part.search(said) for part in (_MORNING, _AFTERNOON, _NIGHT))
    for pattern in (_WRITTEN, _RELATIVE, _HUNDRED, _HALF_HOUR, _HOUR_MINUTE):
        yield from _matches(pattern.finditer(said), said)
    hours = list(_HOUR.finditer(said))
    yield from _matches((match for match in hours if match["clock"] or match["half"]), said)
    yield from ((when, 1.0) for pattern, when in _WORDS if pattern.search(said))
    if parted or not explicit:
        bare = hours if parted else list(_BARE.finditer(said))
        counted = (match for match in bare if not _UNITS_AFTER.match(said[match.end() :]))
        yield from _matches(counted, said)


def _matches(matches: Iterable[re.Match[str]], said: str) -> Iterator[tuple[time, float]]:
    for match in matches:
        found = _of(match, said)
        if found:
            yield found


def _of(match: re.Match[str], said: str) -> tuple[time, float] | None:
    groups = match.groupdict()
    hour_said = groups["hour"]
    if hour_said in {"noon", "midnight"}:
        hour = 12 if hour_said == "noon" else 24
    else:
        hour = _value(hour_said)
    minute_said = groups.get("minute") or "0"
    minute = {"quarter": 15, "half": 30}.get(minute_said)
    if minute is None:
        minute = _value(minute_said)
    if match.re is _HALF_HOUR:
        minute = 30
    if match.re is _HOUR_MINUTE and not _fits(groups, minute):
        return None
    if hour > 24 or minute > 59:  # noqa: PLR2004
        return None
    literal = hour_said.startswith("0") or hour > NOON or match.re is _HUNDRED
    sure = 1.0
    if not (literal or hour_said == "noon"):
        hour, sure = _daypart(hour, groups.get("half") or "", said)
    total = hour * 60 + (-minute if groups.get("way") in {"to", "before", "of", "till", "til"}
                         else minute)  # fmt: skip
    return time(total // 60 % 24, total % 60), sure


def _fits(groups: dict[str, str | None], minute: int) -> bool:
    """Minutes take two digits: "ten thirty", "one oh five"; "ten five" are two numbers."""
    said = groups["minute"] or ""
    if groups["zero"]:
        return 0 < minute < 10  # noqa: PLR2004
    return minute >= 10 or (len(said) == 2 and said.isdigit())  # noqa: PLR2004


def _daypart(hour: int, meridiem: str, said: str) -> tuple[int, float]:
    """The hour of 24, as am, pm or a part of the day says; else as appointments are made."""
    early = hour % NOON
    if meridiem:
        return early + (NOON if meridiem == "pm" else 0), 1.0
    if _MORNING.search(said):
        return early, 1.0
    if _AFTERNOON.search(said):
        return early + NOON, 1.0
    if _NIGHT.search(said):
        return early + (NOON if early >= LAST_AFTERNOON_HOUR else 0), 1.0
    if hour == NOON:
        return NOON, 0.9
    return early + (NOON if early <= LAST_AFTERNOON_HOUR else 0), 0.9


def _value(said: str) -> int:
    return int(said) if said.isdigit() else _SPOKEN[said]
