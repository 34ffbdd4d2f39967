"""Numbers as people write them, whatever their separators, read as values."""

import re
from dataclasses import dataclass

AMOUNT = r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?(?!\d)"
"""A number with an optional fraction and optional thousands separators."""

_GROUPED = re.compile(r"^\d{1,3}(?:([,.' ])\d{3})+")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written: `whole` and the digits after the decimal mark, maybe none."""

    whole: int
    fraction: str = ""

    @property
    def cents(self) -> int:
        """The first two decimals."""
        return int((self.fraction + "00")[:2])


def read_amount(text: str, *, decimal_comma: bool | None = None) -> Amount:
    """Value of something that `AMOUNT` matched.

    Args:
        text: "1,299.00", "1.299,00", "12,50", "1 299", "0.5".
        decimal_comma: what a lone "1.299" or "1,299" means; None: a group of three digits after
            a comma is thousands, after a point it is a fraction (the English way).
    """
    compact = text.replace(" ", "").replace("'", "")
    last = max(compact.rfind(","), compact.rfind("."))
    if last < 0:
        return Amount(int(compact))
    mark, tail = compact[last], compact[last + 1 :]
    both = "," in compact and "." in compact
    repeated = compact.count(mark) > 1
    three = len(tail) == 3  # noqa: PLR2004  a group of thousands
    if both:
        is_decimal = not repeated
    elif repeated:
        is_decimal = False
    elif three and _GROUPED.match(compact) and compact[0] != "0":
        is_decimal = (mark == ",") is bool(decimal_comma)
    else:
        is_decimal = True
    digits = re.sub(r"[.,]", "", compact)
    if not is_decimal:
        return Amount(int(digits))
    whole = re.sub(r"[.,]", "", compact[:last])
    return Amount(int(whole or "0"), tail)
