"""How many: "a dozen", "two and a half", "the third one", 两个半."""

import re
from decimal import Decimal

from dialog.understanding.amounts_en import amounts, number_words
from dialog.understanding.amounts_zh import NUMBER, amount
from dialog.understanding.revised import meant
from dialog.understanding.words import plain

_NONE = re.compile(r"\b(?:none|nothing|not any)\b")
_ZH = re.compile(rf"(?P<count>{NUMBER})(?P<unit>[个只件位箱打份张]?)(?P<half>半)?|(?P<bare>半)")
_ZH_VAGUE = re.compile(r"好几|几[个只件位]|一些|多少|一点[儿吧也都]?$|一下|一样")
_MAX_DIGITS = 15


def count_en(text: str) -> tuple[str, float] | None:
    """The number in decimal digits ("3.5") and how sure that is, or None."""
    for part in meant(text):
        words = number_words(part)
        found = list(amounts(words))
        # "the third one": that "one" counts nothing.
        found = [
            entry
            for place, entry in enumerate(found)
            if not (place and words[entry.start] == "one" and found[place - 1].ordinal)
        ]
        if found:
            values = {entry.value for entry in found}
            return _written(found[0].value), 1.0 if len(values) == 1 else 0.6
        if _NONE.search(part.lower()):
            return "0", 1.0
    return None


def count_zh(text: str) -> tuple[str, float] | None:
    """The same for Mandarin."""
    for part in meant(text):
        said = re.sub(r"\s", "", plain(part))
        if _ZH_VAGUE.search(said):
            continue
        match = _ZH.search(said)
        if not match:
            continue
        if match["bare"]:
            return "0.5", 0.8
        value = amount(match["count"])
        if value is None:
            continue
        value *= 12 if match["unit"] == "打" else 1
        return _written(value + (Decimal("0.5") if match["half"] else 0)), 1.0
    return None


def _written(value: Decimal) -> str:
    return f"{value.normalize():f}"
