"""Where a list goes on, as an opaque text for the next request. Pure."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crm.finding.query import SearchRefused
from crm.finding.wanted import Sort

LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last line of a page: what it is ordered by, and what tells it from its equals."""

    sort: Sort
    value: datetime | int
    number: str | int


def encode(cursor: Cursor) -> str:
    """As a text for an URL."""
    value = cursor.value.isoformat() if isinstance(cursor.value, datetime) else cursor.value
    body = json.dumps([cursor.sort.value, value, cursor.number])
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def decode(text: str, sort: Sort, *, of_facts: bool) -> Cursor:
    """The cursor of a text.

    Args:
        text: that an earlier page gave.
        sort: that is asked for now.
        of_facts: whether the list comes from figures, so that its numbers are whole ones.

    Raises:
        SearchRefused: it is none of ours, or of a list in another order.
    """
    try:
        if len(text) > LONGEST:
            raise ValueError  # noqa: TRY301  the same as any other nonsense
        named, value, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if of_facts and type(value) is type(number) is int and 0 <= number < 2**63 > value >= 0:
            cursor = Cursor(Sort(named), value, number)
        elif not of_facts and isinstance(number, str) and isinstance(value, str):
            moment = datetime.fromisoformat(value)
            cursor = Cursor(Sort(named), moment, number.replace("\0", ""))
            if moment.tzinfo is None:
                raise ValueError  # noqa: TRY301
        else:
            raise ValueError  # noqa: TRY301
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise SearchRefused(
            "This page's address is damaged: begin with the first page.", case="search_page"
        ) from error
    if cursor.sort is not sort:
        raise SearchRefused(
            "This page belongs to a list in another order: begin with the first.",
            case="search_page",
        )
    return cursor
