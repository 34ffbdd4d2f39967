"""Which of a few legal phrases was said, if any: by sound, over all readings.

Used where a step lists its answers. Free recognition of one word without context is right in six
of ten; among twenty legal words, nine of ten are told apart.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from asr.language_model import Phrase, normalized
from asr.phonetics import difference, pronounce, words_of

# Callers who say more than a few words explain something; the dialogue reads it as a sentence.
MAX_WORDS: Final = 5
MAX_SPEECH_S: Final = 4.0
_MAX_EXTRA: Final = 5


@dataclass(frozen=True, slots=True)
class Decision:
    """A legal phrase and the probability that it was what the caller said."""

    phrase: Phrase
    confidence: float


@dataclass(frozen=True, slots=True)
class DecisionWeights:
    """Logistic regression over the evidence, fitted on words inside and outside of menus.

    Attributes:
        bias: log odds without evidence.
        share: of the phrase among all that a narrow search found, 0..1.
        sound: mean difference of the readings from the phrase, each by its share, 0..1.
        nearest: difference of the reading that sounds most like it, 0..1.
        extra: for each word that the likeliest reading has more or less than the phrase, up to 5.
        least: below this confidence nothing was decided.
    """

    bias: float
    share: float
    sound: float
    nearest: float
    extra: float = -0.8
    least: float = 0.12


# With a narrow search of the same engine (Whisper), and by the readings' sound alone.
WITH_SEARCH: Final = DecisionWeights(bias=-1.9, share=5.2, sound=-2.7, nearest=-3.5)
BY_SOUND: Final = DecisionWeights(bias=1.7, share=0.0, sound=-5.2, nearest=-6.4)


def is_candidate(text: str, duration_s: float) -> bool:
    """Whether an utterance is short enough to be one of a list."""
    return len(words_of(text)) <= MAX_WORDS and duration_s <= MAX_SPEECH_S


def decide(
    readings: Sequence[tuple[str, float]],
    phrases: Sequence[Phrase],
    shares: Mapping[Phrase, float] | None = None,
) -> Decision | None:
    """The legal phrase that the evidence stands for, None when it stands for none.

    Args:
        readings: text and log probability of the whole reading, in nats.
        phrases: the closed set.
        shares: of the phrases that a narrow search found, where the engine can do one.
    """
    weights = BY_SOUND if shares is None else WITH_SEARCH
    if not readings or not phrases or (shares is not None and not shares):
        return None
    said = len(words_of(max(readings, key=lambda reading: reading[1])[0]))
    heard: dict[str, float] = {}
    for text, share in normalized(dict(readings)).items():
        sound = pronounce(text)
        heard[sound] = heard.get(sound, 0.0) + share
    best: Decision | None = None
    for phrase in phrases:
        share = shares.get(phrase, 0.0) if shares is not None else 0.0
        if shares is not None and not share:
            continue
        apart = {sound: min(1.0, difference(sound, phrase.sound)) for sound in heard}
        log_odds = (
            weights.bias
            + weights.share * share
            + weights.sound * sum(heard[sound] * apart[sound] for sound in heard)
            + weights.nearest * min(apart.values())
            + weights.extra * min(_MAX_EXTRA, abs(said - len(phrase.words)))
        )
        confidence = 1.0 / (1.0 + math.exp(-log_odds))
        if best is None or confidence > best.confidence:
            best = Decision(phrase, confidence)
    return best if best is not None and best.confidence >= weights.least else None
