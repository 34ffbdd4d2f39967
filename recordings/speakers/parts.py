"""What is written down in one go, and each speaker's own channel. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from recordings.speakers.apart import Turn
from recordings.wav_file import Stereo
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm

LONGEST_S: Final = 13.0
"""Recognizers hear 15 s at a time."""
PAUSE_S: Final = 0.8
EDGE_S: Final = 0.1
"""Quiet sounds around speech belong to it."""


def utterances(turns: Sequence[Turn], softest: Callable[[float, float], float]) -> list[Turn]:
    """Turns of one speaker brought together over short pauses, and cut where they are long.

    Args:
        turns: in order.
        softest: the softest moment between two, seconds.
    """
    joined: list[Turn] = []
    for turn in turns:
        if joined:
            last = joined[-1]
            near = turn.start_s - last.end_s < PAUSE_S
            if last.speaker == turn.speaker and near and turn.end_s - last.start_s <= LONGEST_S:
                joined[-1] = Turn(last.speaker, last.start_s, max(last.end_s, turn.end_s))
                continue
        joined.append(turn)
    return [part for turn in joined for part in _cut(turn, softest)]


def _cut(turn: Turn, softest: Callable[[float, float], float]) -> Iterator[Turn]:
    start = turn.start_s
    while turn.end_s - start > LONGEST_S:
        at = softest(start + LONGEST_S / 2, start + LONGEST_S)
        at = min(max(at, start + LONGEST_S / 2), start + LONGEST_S)
        yield Turn(turn.speaker, start, at)
        start = at
    yield Turn(turn.speaker, start, turn.end_s)


def two_channels(mono: Pcm, turns: Sequence[Turn], *, agent: int) -> Stereo:
    """The recording of a call: everybody but the agent on the left, the agent on the right.

    What nobody says (music, noise) is on the side of whoever spoke last.
    """
    is_right = np.zeros(len(mono), bool)
    since, right = 0, bool(turns) and turns[0].speaker == agent
    for turn in turns:
        first = max(0, round((turn.start_s - EDGE_S) * SAMPLE_RATE_HZ))
        if (turn.speaker == agent) != right:
            is_right[since:first] = right
            since, right = first, turn.speaker == agent
    is_right[since:] = right
    silent = np.zeros((), np.int16)
    sides = [np.where(is_right, silent, mono), np.where(is_right, mono, silent)]
    return np.stack(sides, axis=1)
