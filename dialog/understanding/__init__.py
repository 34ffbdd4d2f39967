"""From words to typed answers: plain functions of a text, quick enough to run on every partial."""

from collections.abc import Callable
from datetime import date, time

from dialog.understanding.backchannel import is_backchannel
from dialog.understanding.commands import PHRASES as COMMAND_PHRASES
from dialog.understanding.commands import Command, command
from dialog.understanding.completeness import completeness
from dialog.understanding.meaning import Found, meaning, spoken_digits
from voxdesk.kernel.speech import Expectation, Hypothesis, Transcript, Understood

__all__ = [
    "COMMAND_PHRASES",
    "Command",
    "Found",
    "command",
    "completeness",
    "guessed",
    "is_backchannel",
    "readings",
    "spoken_digits",
    "understand",
]

MAX_GUESSED = 3
"""Hypotheses whose words are compared with examples; beyond them recognizers only repeat."""
EXACT = 1.0
"""Sureness of an answer that is all of what was said, and leaves nothing to guess."""


def understand(
    transcript: Transcript,
    expectation: Expectation,
    *,
    today: date | None = None,
    now: time | None = None,
    accept: Callable[[str], bool] | None = None,
) -> Understood | None:
    """The first hypothesis that makes sense as an answer, or None when none does.

    Args:
        transcript: N-best; a later hypothesis counts when only it fits.
        expectation: the slot that is waited for.
        today: what relative dates count from; without it no date is understood.
        now: what "in two hours" counts from; without it no such words are understood.
        accept: a check that a number must pass (a check digit, a list of known ones).
    """
    found = readings(transcript, expectation, today=today, now=now, accept=accept)
    return found[0] if found else None


def readings(
    transcript: Transcript,
    expectation: Expectation,
    *,
    today: date | None = None,
    now: time | None = None,
    accept: Callable[[str], bool] | None = None,
    guess: Callable[[Hypothesis, Found], Found] | None = None,
) -> tuple[Understood, ...]:
    """Every distinct value that the hypotheses have, in their order.

    `guess` is asked where the rules find nothing in a hypothesis, or something that is not all of
    it: given that, it says what is meant. It is dear, so only the first few hypotheses are given to
    it, and none after one that made sense.
    """
    found: dict[str, Understood] = {}
    for rank, hypothesis in enumerate(transcript.hypotheses):
        read = meaning(hypothesis.text, expectation, today, accept=accept, now=now)
        if guess is not None and not found and rank < MAX_GUESSED and not _is_exact(read):
            read = guess(hypothesis, read)
        if read is None or read[0] in found:
            continue
        value, sureness = read
        confidence = min(1.0, max(0.0, hypothesis.confidence * sureness))
        found[value] = Understood(value, confidence, hypothesis.text, rank)
    return tuple(found.values())


def guessed(transcript: Transcript, expectation: Expectation) -> tuple[str, ...]:
    """The texts that `readings` may have to guess: the first few, up to one that is exact."""
    found: list[str] = []
    for hypothesis in transcript.hypotheses[:MAX_GUESSED]:
        if _is_exact(meaning(hypothesis.text, expectation, None)):
            break
        found.append(hypothesis.text)
    return tuple(found)


def _is_exact(read: Found) -> bool:
    return read is not None and read[1] >= EXACT
