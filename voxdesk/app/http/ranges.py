"""A stretch of a file over HTTP (RFC 9110, section 14). Pure."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes from `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


class NoSuchRange(ValueError):
    """It begins behind the end."""


def stretch_of(header: str, size: int) -> Stretch | None:
    """The stretch that a Range header asks for; None: all of it.

    What we don't serve (several stretches, other units, nonsense) is ignored, as the RFC allows.

    Raises:
        NoSuchRange: it begins behind the end.
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None or not any(match.groups()):
        return None
    begin, end = match.groups()
    if not begin:  # the last so many
        length = min(int(end), size)
        if not length:
            raise NoSuchRange
        return Stretch(size - length, size - 1)
    first = int(begin)
    last = min(int(end), size - 1) if end else size - 1
    if first >= size:
        raise NoSuchRange
    return Stretch(first, last) if first <= last else None
