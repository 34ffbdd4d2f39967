"""Order numbers as they are printed, and as they are said."""

import unicodedata


def number_key(number: str) -> str:
    """What remains of an order number when spacing, hyphens, case and leading zeros don't count.

    >>> number_key("#00 47-11a")
    '4711A'
    >>> number_key("000")
    '0'
    """
    text = unicodedata.normalize("NFKC", number).upper()
    kept = "".join(character for character in text if character.isalnum())
    return kept.lstrip("0") or kept[:1]
