"""Events of a call as JSON and back, so that a call can be rebuilt from its log."""

import dataclasses
from collections.abc import Mapping
from typing import Any, get_args

from dialog.events import Event, Heard, Match, SearchDone
from voxdesk.kernel.speech import Hypothesis, Transcript, Word

_TYPES = {kind.__name__: kind for kind in get_args(Event)}


def event_to_json(event: Event) -> dict[str, Any]:
    """Plain JSON types; "event" holds the event's name."""
    return {"event": type(event).__name__, **dataclasses.asdict(event)}


def event_from_json(data: Mapping[str, Any]) -> Event:
    """The event that `event_to_json` wrote.

    Raises:
        ValueError: it is no event.
    """
    values = dict(data)
    kind = _TYPES.get(str(values.pop("event", "")))
    if kind is None:
        raise ValueError(f"no such event; there are: {', '.join(_TYPES)}")
    if kind is Heard:
        values["transcript"] = _transcript(values["transcript"])
    if kind is SearchDone:
        values["matches"] = tuple(Match(**match) for match in values["matches"])
    event: Event = kind(**values)
    return event


def _transcript(data: Mapping[str, Any]) -> Transcript:
    hypotheses = tuple(
        Hypothesis(
            entry["text"],
            entry["confidence"],
            tuple(Word(**word) for word in entry.get("words", ())),
        )
        for entry in data["hypotheses"]
    )
    return Transcript(**{**data, "hypotheses": hypotheses})
