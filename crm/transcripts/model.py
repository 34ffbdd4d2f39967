"""What was said in a call, and when. Pure.

Every `…_ms` is a position on the recording's clock: milliseconds since answer.
"""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who spoke."""

    CALLER = "caller"
    VOXDESK = "voxdesk"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a segment's text as it stands there, punctuation included.

    In scripts without spaces it is one character; pieces of a segment follow one another.
    """

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Segment:
    """What one side said in one go.

    Attributes:
        seq: of the event in the call's log that it comes from; segments of other sources count
            from 0.
        text: all of it; empty where it was not kept (`sensitive`).
        words: with times, in order. Words of a prompt that was stopped before them are not here.
        sensitive: a step said not to keep it: there is neither text nor sound.
        speaker: who of those that were told apart in the recording, from 0; None where nobody had
            to be told apart.
    """

    seq: int
    side: Side
    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...] = ()
    sensitive: bool = False
    speaker: int | None = None
