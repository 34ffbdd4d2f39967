"""Vosk's JSON, from this machine or a server, as hypotheses with confidences and word times.

Vosk gives either one reading with word confidences, or several readings with a likelihood each and
none. From several, a word's confidence is computed as what it stands for: the share of likelihood
of the readings that have this word at this time.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from voxdesk.kernel.speech import Hypothesis, Word

# [unk], [laughter], <noise>: sounds that the model has a name for and no spelling.
_NOT_A_WORD = re.compile(r"[\[<].*[\]>]")


def spoken_text(text: str) -> str:
    """The text without the model's names of noises."""
    return " ".join(word for word in text.split() if not _NOT_A_WORD.fullmatch(word))


def partial_text(message: str) -> str:
    """What a partial result says so far; empty when it is not one."""
    return spoken_text(str(_parse(message).get("partial", "")))


def segment_hypotheses(message: str, *, offset_s: float) -> tuple[Hypothesis, ...]:
    """Readings of one stretch of speech, best first; none when nothing was said.

    Args:
        message: result JSON, with "alternatives" or with "result" and "text".
        offset_s: added to every time.
    """
    parsed = _parse(message)
    if "alternatives" not in parsed:
        one = _reading(parsed, offset_s)
        return (one,) if one.text else ()
    alternatives = [item for item in parsed["alternatives"] if isinstance(item, Mapping)]
    shares = _shares([float(item.get("confidence", 0.0)) for item in alternatives])
    readings = [_reading(item, offset_s) for item in alternatives]
    merged: list[Hypothesis] = []
    for reading in readings:
        if all(reading.text != other.text for other in merged):
            merged.append(_with_confidence(reading, readings, shares))
    if not merged or not merged[0].text:
        return ()
    return tuple(_falling([reading for reading in merged if reading.text]))


def joined(segments: Sequence[tuple[Hypothesis, ...]]) -> tuple[Hypothesis, ...]:
    """One turn from stretches of speech that the engine split at its own pauses.

    The k-th reading joins the k-th of each stretch, or its last where it has fewer.
    """
    heard = [segment for segment in segments if segment]
    if not heard:
        return ()
    most = max(len(segment) for segment in heard)
    result = []
    for rank in range(most):
        parts = [segment[min(rank, len(segment) - 1)] for segment in heard]
        words = tuple(word for part in parts for word in part.words)
        text = " ".join(part.text for part in parts)
        weights = [len(part.text.split()) for part in parts]
        confidence = sum(
            part.confidence * weight for part, weight in zip(parts, weights, strict=True)
        ) / sum(weights)
        result.append(Hypothesis(text, confidence, words))
    return tuple(_falling(result))


def _parse(message: str) -> Mapping[str, Any]:
    parsed = json.loads(message)
    if not isinstance(parsed, Mapping):
        raise ValueError("a result of Vosk is a JSON object")  # noqa: TRY004  it is the content
    return parsed


def _reading(item: Mapping[str, Any], offset_s: float) -> Hypothesis:
    words = tuple(
        Word(
            str(word["word"]),
            float(word["start"]) + offset_s,
            float(word["end"]) + offset_s,
            min(1.0, max(0.0, float(word.get("conf", 1.0)))),
        )
        for word in item.get("result", ())
        if not _NOT_A_WORD.fullmatch(str(word["word"]))
    )
    text = spoken_text(str(item.get("text", "")))
    mean = sum(word.confidence for word in words) / len(words) if words else float(bool(text))
    return Hypothesis(text, mean, words)


def _shares(likelihoods: Sequence[float]) -> list[float]:
    if not likelihoods:
        return []
    best = max(likelihoods)
    weights = [math.exp(value - best) for value in likelihoods]
    return [weight / sum(weights) for weight in weights]


def _with_confidence(
    reading: Hypothesis, readings: Sequence[Hypothesis], shares: Sequence[float]
) -> Hypothesis:
    words = tuple(
        replace(
            word,
            confidence=min(
                1.0,
                sum(
                    share
                    for other, share in zip(readings, shares, strict=True)
                    if any(_same(word, theirs) for theirs in other.words)
                ),
            ),
        )
        for word in reading.words
    )
    if words:
        return replace(
            reading, words=words, confidence=sum(word.confidence for word in words) / len(words)
        )
    alike = sum(
        share for other, share in zip(readings, shares, strict=True) if other.text == reading.text
    )
    return replace(reading, confidence=min(1.0, alike))


def _same(one: Word, other: Word) -> bool:
    overlap = one.start_s < other.end_s and other.start_s < one.end_s
    return one.text == other.text and overlap


def _falling(readings: Sequence[Hypothesis]) -> list[Hypothesis]:
    """The engine's order stands: no reading is surer than the one before it."""
    result: list[Hypothesis] = []
    for reading in readings:
        ceiling = result[-1].confidence if result else 1.0
        result.append(replace(reading, confidence=min(reading.confidence, ceiling)))
    return result
