"""Segments with the times of their words as they were measured. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm.transcripts.model import Segment, Word
from crm.transcripts.words import pieces

Times = Sequence[Sequence[Any]]
"""[start_ms, end_ms] of each word, as stored."""


def with_times(segments: Iterable[Segment], times: Mapping[int, Times]) -> tuple[Segment, ...]:
    """The segments, each with its measured words where there are some that fit its text."""
    return tuple(_timed(segment, times.get(segment.seq)) for segment in segments)


def _timed(segment: Segment, times: Times | None) -> Segment:
    if times is None or segment.sensitive:
        return segment
    found = pieces(segment.text)
    if len(found) != len(times):
        return segment
    words = []
    latest = 0
    for text, pair in zip(found, times, strict=True):
        match pair:
            case [int(start), int(end)] if latest <= start <= end:
                words.append(Word(text, start, end))
                latest = start
            case _:
                return segment
    return replace(segment, words=tuple(words))
