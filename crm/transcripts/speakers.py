"""The speakers of a recording that were told apart: what is known of each. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from crm.transcripts.model import Segment, Side


@dataclass(frozen=True, slots=True)
class Role:
    """Who a speaker is, as somebody said who heard them.

    Attributes:
        name: or empty.
    """

    side: Side
    name: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """One of them.

    Attributes:
        number: from 0, as they are first heard.
        spoken_ms: how long they speak in all.
        first_ms: where they are first heard.
    """

    number: int
    side: Side
    name: str
    spoken_ms: int
    first_ms: int


def with_roles(segments: Iterable[Segment], roles: Mapping[int, Role]) -> tuple[Segment, ...]:
    """The segments, each on the side of its speaker as somebody said."""
    return tuple(
        replace(one, side=roles[one.speaker].side)
        if one.speaker is not None and one.speaker in roles
        else one
        for one in segments
    )


def speakers_of(segments: Iterable[Segment], roles: Mapping[int, Role]) -> list[Speaker]:
    """Everybody who was told apart, in the order of their numbers."""
    found: dict[int, Speaker] = {}
    for one in segments:
        if one.speaker is None:
            continue
        spoken_ms = one.end_ms - one.start_ms
        known = found.get(one.speaker)
        if known is not None:
            found[one.speaker] = replace(known, spoken_ms=known.spoken_ms + spoken_ms)
            continue
        role = roles.get(one.speaker, Role(one.side))
        found[one.speaker] = Speaker(one.speaker, role.side, role.name, spoken_ms, one.start_ms)
    return [found[number] for number in sorted(found)]
