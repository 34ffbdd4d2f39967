"""What templates and steps read of the hours of places, at the moment of an event."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from dialog.business_hours import Hours, Opening, State

FIELDS = ("open", "holiday", "opens_at", "closes_at")
"""What a template may read of each."""


class HoursNow(Mapping[str, Mapping[str, Any]]):
    """The hours by name, reckoned when they are read.

    Args:
        hours: of the flow.
        at: the moment, ISO: with its offset, or as the clock at the place shows it. Empty: it isn't
            known, and every place is open.
        read: gets each that was read, once.
    """

    def __init__(
        self, hours: Mapping[str, Hours], at: str, read: Callable[[str, Opening], None]
    ) -> None:
        self._hours = hours
        self._at = at
        self._read = read
        self._known: dict[str, Opening] = {}

    def opening(self, name: str) -> Opening:
        """How it is at one of them; open where there is none of that name."""
        if name not in self._known:
            hours = self._hours.get(name)
            known = hours is not None and self._at
            opening = (
                hours.at(datetime.fromisoformat(self._at))
                if hours is not None and known
                else Opening(State.OPEN)
            )
            self._known[name] = opening
            self._read(name, opening)
        return self._known[name]

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        if name not in self._hours:
            raise KeyError(name)
        opening = self.opening(name)
        return {
            "open": opening.state is State.OPEN,
            "holiday": opening.state is State.HOLIDAY,
            "opens_at": opening.opens_at,
            "closes_at": opening.closes_at,
        }

    def __contains__(self, name: object) -> bool:
        return name in self._hours

    def __iter__(self) -> Iterator[str]:
        return iter(self._hours)

    def __len__(self) -> int:
        return len(self._hours)
