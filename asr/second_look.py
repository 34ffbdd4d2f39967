"""A second, narrower look at the same sound: only digits, or only the phrases of a closed list.

Whisper's encoding is the dear part and is there already; a search among a handful of tokens costs a
fifth of the whole. It can't say "none of these": whether its answer counts is decided by comparing
it with what was read freely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from asr.language_model import Phrase, log_add, normalized
from asr.phonetics import words_of
from asr.spoken_numbers import REPEATS, UNITS, digit_string, share_of_digits, split_at_digits
from asr.whisper_model import Candidate, Encoded, WhisperModel

# A reading counts as a digit string when at most a fourth of its words are something else.
_DIGIT_SHARE: Final = 0.75
_MIN_DIGITS: Final = 2
# A string that the step can't take is less likely, not impossible.
_WRONG_LENGTH: Final = 0.1


@dataclass(frozen=True, slots=True)
class Finding:
    """A reading that the second look stands for, and how sure it is, 0..1."""

    text: str
    confidence: float


class SecondLook:
    """Narrow searches on encodings of one model; thread-safe, keeps nothing but token sets."""

    def __init__(self, model: WhisperModel, *, beam: int = 5) -> None:
        self._model = model
        self._beam = beam

    def digits(
        self,
        encoded: Encoded,
        free: Sequence[Candidate],
        *,
        language: str,
        min_digits: int,
        max_digits: int,
    ) -> tuple[Finding, ...]:
        """Digit strings, best first, when `free` reads like digits; otherwise nothing.

        The share of belief in a string is the mean of its shares among the free readings and
        among the narrow ones: "2492", "2, 4, 9, 2" and "two four nine two" count together.
        """
        lead = _lead_before_digits(free[0].text) if free else None
        if lead is None or language.split("-", maxsplit=1)[0] != "en":
            return ()
        prefix = _tokens_of_lead(self._model, free[0], lead)
        narrow, _ = self._model.generate(
            encoded,
            language=language,
            beam=self._beam,
            n_best=self._beam,
            repeats=True,
            allowed=_digit_tokens(self._model),
            prefix=prefix,
        )
        texts: dict[str, str] = {}
        shares: dict[str, float] = {}
        for readings in (free, narrow):
            scores: dict[str, float] = {}
            for reading in readings:
                digits = digit_string(reading.text[len(lead) :])
                if digits is not None and reading.text.startswith(lead):
                    log_add(scores, digits, reading.total_log_prob)
                    texts.setdefault(digits, reading.text)
            for digits, share in normalized(scores).items():
                shares[digits] = shares.get(digits, 0.0) + share
        for digits in shares:
            if not min_digits <= len(digits) <= max_digits:
                shares[digits] *= _WRONG_LENGTH
        total = sum(shares.values())
        ranked = sorted(shares, key=lambda digits: -shares[digits])
        return tuple(Finding(texts[digits], shares[digits] / total) for digits in ranked)

    def phrases(
        self, encoded: Encoded, phrases: Sequence[Phrase], *, language: str
    ) -> dict[Phrase, float]:
        """The share of each phrase that a search among their words found."""
        narrow, _ = self._model.generate(
            encoded,
            language=language,
            beam=self._beam,
            n_best=self._beam,
            repeats=True,
            allowed=_phrase_tokens(self._model, tuple(phrases)),
        )
        legal = {phrase.words: phrase for phrase in phrases}
        scores: dict[Phrase | None, float] = {}
        for reading in narrow:
            log_add(scores, legal.get(words_of(reading.text)), reading.total_log_prob)
        return {phrase: share for phrase, share in normalized(scores).items() if phrase}


def _lead_before_digits(text: str) -> str | None:
    """What was said before the digits ("it's "), empty mostly; None when these aren't digits."""
    if share_of_digits(text) >= _DIGIT_SHARE:
        return ""
    lead, digits = split_at_digits(text)
    plain = digit_string(digits)
    return lead if plain is not None and len(plain) >= _MIN_DIGITS else None


def _tokens_of_lead(model: WhisperModel, reading: Candidate, lead: str) -> tuple[int, ...]:
    for count in range(len(reading.tokens) + 1):
        if len(model.text(reading.tokens[:count]).strip()) >= len(lead):
            return reading.tokens[:count]
    return ()


@lru_cache(maxsize=8)
def _digit_tokens(model: WhisperModel) -> frozenset[int]:
    words = [*UNITS, *REPEATS, "oh"]
    spelled = [form for word in words for form in (word, word.capitalize())]
    forms = [*spelled, *(str(digit) for digit in range(10))]
    texts = [*forms, *(" " + form for form in forms), ",", ".", "-"]
    return frozenset(token for text in texts for token in model.tokens(text))


@lru_cache(maxsize=64)
def _phrase_tokens(model: WhisperModel, phrases: tuple[Phrase, ...]) -> frozenset[int]:
    # Lower case, as inside a sentence: capitals invite the model to end one ("No." for all).
    texts = [" " + " ".join(phrase.words) for phrase in phrases]
    texts += [phrase.text for phrase in phrases if not phrase.text.isascii()]
    return frozenset(token for text in texts for token in model.tokens(text))
