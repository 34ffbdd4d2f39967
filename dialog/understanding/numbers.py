"""Numbers that carry their own check, and dates that are keyed."""

from collections.abc import Callable, Mapping
from datetime import date

from dialog.understanding.dates_named import Nearest, day_in, nearest

YEAR_DIGITS = 8


def luhn(number: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    if not number.isdigit():
        return False
    total = 0
    for place, character in enumerate(reversed(number)):
        value = int(character) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004  the sum of two digits
    return total % 10 == 0


CHECKS: Mapping[str, Callable[[str], bool]] = {"luhn": luhn}


def nearest_date(keys: str, today: date, when: Nearest = Nearest.EITHER) -> date | None:
    """The date of keys such as "0314" or "20260314", or None."""
    if len(keys) == YEAR_DIGITS:
        return day_in(int(keys[:4]), int(keys[4:6]), int(keys[6:]))
    month, day = int(keys[:2]), int(keys[2:4])
    return nearest(month, day, today, when)
