"""Times of day as Mandarin speakers say them: 下午三点半, 三点一刻, 差五分三点, 中午."""

import re
from datetime import time

from dialog.understanding.amounts_zh import amount
from dialog.understanding.clock import LAST_AFTERNOON_HOUR, NOON
from dialog.understanding.revised import meant
from dialog.understanding.words import plain

_N = r"(?:\d{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_PART = (
    r"(?P<part>凌晨|清晨|大?清早|早上|早晨|今早|明早|早|上午|中午|下午|午后|傍晚|"
    r"晚上|今晚|明晚|晚|夜里|深夜|半夜)?"
)
_CLOCK = re.compile(
    rf"{_PART}的?(?P<hour>{_N})[点时](?!后|之后|以后)"
    rf"(?:钟|整|(?P<half>半)|(?P<quarters>[一三])刻|过?(?P<minute>零?{_N})分?)?"
)
_SHORT_OF = re.compile(rf"{_PART}差(?P<minute>一刻|{_N}分?)(?:钟)?(?:到)?(?P<hour>{_N})点")
_WRITTEN = re.compile(rf"{_PART}(?P<hour>\d{{1,2}})[::](?P<minute>\d\d)")
_NOON = re.compile(r"中午|正午")
_MIDNIGHT = re.compile(r"午夜|半夜|零点")
_EARLY = {"凌晨", "清晨", "清早", "大清早", "早上", "早晨", "今早", "明早", "早", "上午"}
_LATE = {"下午", "午后", "傍晚"}
_NIGHT = {"晚上", "今晚", "明晚", "晚", "夜里", "深夜", "半夜"}


def time_zh(text: str, *, explicit: bool = False) -> tuple[time, float] | None:  # noqa: ARG001  always said with 点
    """The time of day and how sure that is, or None."""
    for part in meant(text):
        said = re.sub(r"\s", "", plain(part))
        for pattern in (_WRITTEN, _SHORT_OF, _CLOCK):
            for match in pattern.finditer(said):
                found = _of(match)
                if found:
                    return found
        if _NOON.search(said):
            return time(12), 1.0
        if _MIDNIGHT.search(said):
            return time(0), 1.0
    return None


def _of(match: re.Match[str]) -> tuple[time, float] | None:
    groups = match.groupdict()
    hour = _value(groups["hour"])
    minute = _minute(groups)
    if hour > 24 or minute > 59:  # noqa: PLR2004
        return None
    part = groups["part"] or ""
    literal = hour > NOON or (groups["hour"].startswith("0") and groups["hour"].isdigit())
    sure = 1.0
    if not literal:
        hour, sure = _daypart(hour, part)
    total = hour * 60 + (-minute if match.re is _SHORT_OF else minute)
    return time(total // 60 % 24, total % 60), sure


def _minute(groups: dict[str, str | None]) -> int:
    if groups.get("half"):
        return 30
    if groups.get("quarters"):
        return 15 if groups["quarters"] == "一" else 45
    said = groups.get("minute") or "0"
    return 15 if said == "一刻" else _value(said.rstrip("分"))


def _daypart(hour: int, part: str) -> tuple[int, float]:
    """The hour of 24; without a part of the day as appointments are made."""
    early = hour % NOON
    if part in _EARLY:
        return early, 1.0
    if part in _LATE or (part == "中午" and hour < LAST_AFTERNOON_HOUR):
        return early + NOON, 1.0
    if part == "中午":
        return hour, 1.0
    if part in _NIGHT:
        return early + (NOON if early >= LAST_AFTERNOON_HOUR else 0), 1.0
    if hour == NOON or not hour:
        return hour, 0.9
    return early + (NOON if early <= LAST_AFTERNOON_HOUR else 0), 0.9


def _value(said: str) -> int:
    found = amount(said.lstrip("零〇") or "零")
    return int(found) if found is not None else 99
