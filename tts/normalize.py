"""Text as written, turned into text as spoken: "$12.50" into "twelve dollars and fifty cents".

Voices guess at digits and signs, each in its own way, and guess wrong where a caller needs it
most: order numbers, prices, dates. Here they are put into words, by rules that a person can read.
"""

import datetime as dt
import logging
import unicodedata

from num2words import num2words

from tts.normalize_en import say_english
from tts.normalize_zh import say_mandarin

log = logging.getLogger(__name__)

MAX_CHARS = 1000
"""Longer text is cut; a call has nothing so long to say in one breath."""


def normalize(text: str, language: str = "en", *, today: dt.date | None = None) -> str:
    """A sentence with everything in words that a voice would misread. Never raises.

    Args:
        text: as written, in any Unicode.
        language: BCP 47. English and Mandarin have rules of their own; of other languages the
            numbers are put into words where num2words knows how.
        today: the callers' date; dates near it are said with their weekday, without their year.
    """
    tag = language.replace("_", "-").split("-", 1)[0].lower()
    clean = _clean(text)
    try:
        if tag == "en":
            spoken = say_english(clean, today)
        elif tag == "zh":
            spoken = say_mandarin(clean, today)
        else:
            spoken = _say_numbers(clean, tag)
    except (ValueError, OverflowError, IndexError, KeyError) as error:
        # A rule's bug must cost a badly said word, not the call. The text is a person's data.
        log.warning("a sentence could not be normalized for speech: %s", type(error).__name__)
        spoken = clean
    return " ".join(spoken.split())


def _clean(text: str) -> str:
    """Without control characters, lone surrogates, emoji and invisible marks."""
    kept = (
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Zs"} else c
        for c in text[:MAX_CHARS]
        if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn", "So", "Sk"} or c in "°№"
    )
    return " ".join("".join(kept).split())


def _say_numbers(text: str, tag: str) -> str:
    words = []
    for word in text.split(" "):
        core = word.rstrip(".,;:!?")
        if core.isascii() and core.isdigit() and len(core) <= 9:  # noqa: PLR2004  else a code
            try:
                word = num2words(int(core), lang=tag) + word[len(core) :]  # noqa: PLW2901
            except NotImplementedError:
                return text
        words.append(word)
    return " ".join(words)
