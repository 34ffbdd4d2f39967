"""Words of other people on our terminal, and times and numbers in one form."""

import unicodedata
from datetime import datetime

_DIRECTION_CONTROLS = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def clean(text: object) -> str:
    """Text that can't move the cursor, ring, or turn the line around, whoever sent it."""
    return "".join(
        " " if unicodedata.category(character) == "Cc" else character
        for character in str(text)
        if character not in _DIRECTION_CONTROLS
    )


def offset(ms: float) -> str:
    """A place in a call, "1:04.5"; with hours only when there are some.

    >>> offset(64_500), offset(3_600_000)
    ('1:04.5', '1:00:00.0')
    """
    tenths = max(0, round(ms / 100))
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{minutes:02d}:{seconds}" if hours else f"{minutes}:{seconds}"


def length(seconds: float | None) -> str:
    """A duration in whole seconds, "1:04"; empty when there is none."""
    return "" if seconds is None else offset(round(seconds) * 1000).rpartition(".")[0]


def local_time(moment: datetime) -> str:
    """ISO date and time of day in this machine's zone, to the second."""
    return moment.astimezone().replace(tzinfo=None).isoformat(" ", "seconds")
