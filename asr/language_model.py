"""What a step of the dialogue expects, used to choose among readings and to mend them.

A small phrase model: every expected phrase that a reading holds is worth something, more the longer
it is; a stretch of words that sounds like one may be read as it, at the price of the difference in
sound. The best sum of the recognizer's own score, rewards and prices wins. All is in nats, so that
it adds up with a recognizer's log probabilities.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

from asr.phonetics import distance, may_be_alike, pronounce, words_of
from voxdesk.kernel.speech import Expectation

_TOKEN: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class PhraseWeights:
    """How far an expectation may bend what was heard; fitted by cross-validation.

    Attributes:
        reward: for each phoneme of an expected phrase that a reading holds, nats.
        price: for each whole phoneme of difference, nats.
        limit: a stretch that differs more than this for each phoneme is never mended, 0..1.
    """

    reward: float = 0.4
    price: float = 2.0
    limit: float = 0.3


DEFAULT_WEIGHTS: Final = PhraseWeights()


@dataclass(frozen=True, slots=True)
class Phrase:
    """An expected phrase: as the step's author wrote it, its words, and how it sounds."""

    text: str
    words: tuple[str, ...]
    sound: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A reading with expected phrases found in it.

    Attributes:
        text: the reading, with stretches replaced where that is worth it.
        gain: rewards less prices, nats.
        changed: how many stretches were replaced.
    """

    text: str
    gain: float
    changed: int


@lru_cache(maxsize=256)
def phrases_of(expectation: Expectation) -> tuple[Phrase, ...]:
    """Every phrase that the step lists, each wording once."""
    texts = [phrase for choice in expectation.choices for phrase in choice.phrases]
    found: dict[tuple[str, ...], Phrase] = {}
    for text in (*texts, *expectation.grammar, *expectation.phrases, *expectation.entities):
        words = words_of(text)
        if words and words not in found:
            found[words] = Phrase(" ".join(text.split()), words, pronounce(text))
    return tuple(found.values())


# Shorter ones are found in everything ("four" in "for me").
_MIN_SOUNDS: Final = 4
_MAX_EXTRA_WORDS: Final = 1
# What a monologue says is not mended beyond this.
MAX_WORDS: Final = 60


def mend(text: str, phrases: Sequence[Phrase], weights: PhraseWeights) -> Mended:
    """The most expected way to read `text`: phrases found, and stretches that sound like one.

    Dynamic programming over the words; each word stands for itself or belongs to one stretch.
    """
    tokens = _TOKEN.findall(text)[:MAX_WORDS]
    words = [words_of(token) for token in tokens]
    sounds = [pronounce(token) for token in tokens]
    usable = [phrase for phrase in phrases if len(phrase.sound) >= _MIN_SOUNDS]
    if not usable or not tokens:
        return Mended(text, 0.0, 0)
    longest = max(len(phrase.words) for phrase in usable) + _MAX_EXTRA_WORDS
    best: list[Mended] = [Mended("", 0.0, 0)]
    for end in range(1, len(tokens) + 1):
        kept = best[end - 1]
        options = [Mended(_append(kept.text, tokens[end - 1]), kept.gain, kept.changed)]
        for start in range(max(0, end - longest), end):
            stretch = tuple(word for each in words[start:end] for word in each)
            sound = "".join(sounds[start:end])
            for phrase in usable:
                option = _as_phrase(stretch, sound, phrase, weights)
                if option is None:
                    continue
                gain, changed = option
                before = best[start]
                said = _respelled(tokens[start:end], phrase) if changed else tokens[start:end]
                options.append(
                    Mended(
                        _append(before.text, *said), before.gain + gain, before.changed + changed
                    )
                )
        best.append(max(options, key=lambda option: (option.gain, -option.changed)))
    return best[-1]


def _as_phrase(
    stretch: tuple[str, ...], sound: str, phrase: Phrase, weights: PhraseWeights
) -> tuple[float, int] | None:
    reward = weights.reward * len(phrase.sound)
    if stretch == phrase.words:
        return reward, 0
    apart = _apart(sound, phrase.sound, weights.limit)
    if apart is None:
        return None
    gain = reward - weights.price * apart
    return (gain, 1) if gain > 0.0 else None


@lru_cache(maxsize=16384)
def _apart(sound: str, meant: str, limit: float) -> float | None:
    """The distance of two sounds, None where they are too far apart to be mixed up."""
    if not sound or not may_be_alike(sound, meant, limit=limit):
        return None
    apart = distance(sound, meant)
    return apart if apart <= limit * max(len(sound), len(meant)) else None


def _append(text: str, *tokens: str) -> str:
    return " ".join((text, *tokens)) if text else " ".join(tokens)


def _respelled(tokens: list[str], phrase: Phrase) -> list[str]:
    """The phrase in place of `tokens`, with the punctuation that ended them."""
    tail = re.search(r"[^\w\s]*$", tokens[-1])
    return [phrase.text + (tail.group() if tail else "")]


def rescore(
    readings: Sequence[tuple[str, float]],
    phrases: Sequence[Phrase],
    weights: PhraseWeights = DEFAULT_WEIGHTS,
) -> list[tuple[str, float]]:
    """Readings ranked anew by what is expected; a mended one stands before its original.

    Args:
        readings: text and log probability of the whole reading, in nats.
        phrases: of the expectation.
        weights: how far it may bend what was heard.

    Returns:
        Texts with their share of belief, which add up to 1; best first, no text twice.
    """
    scores: dict[str, float] = {}
    originals: dict[str, float] = {}
    for text, log_prob in readings:
        mended = mend(text, phrases, weights)
        score = log_prob + mended.gain
        scores[mended.text] = max(score, scores.get(mended.text, -math.inf))
        if mended.changed:
            originals[text] = log_prob
    for text, score in originals.items():
        scores.setdefault(text, score)
    return sorted(normalized(scores).items(), key=lambda item: -item[1])


Key = TypeVar("Key")


def normalized(scores: Mapping[Key, float]) -> dict[Key, float]:
    """Log probabilities as shares that add up to 1."""
    if not scores:
        return {}
    top = max(scores.values())
    weights = {key: math.exp(score - top) for key, score in scores.items()}
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()}


def log_add(scores: dict[Key, float], key: Key, score: float) -> None:
    """Add a probability, given by its logarithm, to those of the same key."""
    before = scores.get(key, -math.inf)
    high, low = max(before, score), min(before, score)
    scores[key] = high + math.log1p(math.exp(low - high))
