"""Addresses in a text: streets by themselves, the rest where an address is spoken of."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from recordings.redaction import addresses_en, addresses_zh
from recordings.redaction.cues import Cue, before
from recordings.redaction.deciding import Heard
from recordings.redaction.model import Kind, Span

_CODE: Final = re.compile(r"\d?[A-Z]{1,2}\d[A-Z0-9]{3,5}|\d{4}[A-Z]{2}")
_CODE_LENGTHS: Final = range(5, 9)
_HOUSE_NUMBER: Final = re.compile(r"number|no\b")
_SMALL_NUMBER: Final = re.compile(
    rf"\W*(?:(?:is|it's|its|that's|was|should be|now|um"
    rf"|uh)\W+){{0,3}}(?P<number>{addresses_en.NUMBER.pattern})"
)
_BARE: Final = re.compile(rf"{addresses_en.NUMBER.pattern}")
_LONGEST_HOUSE: Final = 6  # digits; a longer one is a telephone's
_BEGINNING: Final = 12  # characters
_MANY_WORDS: Final = 6
# Where anybody may go: "your branch at 12 High Street".
_SHOP: Final = re.compile(
    r"\b(?:your|the|that|this) (?:[a-z]+ )?(?:shop|store|branch|clinic|surgery|hotel|library|centre"
    r"|center|depot|showroom|garage|pharmacy|restaurant|caf[eé]|pub|bar|museum"
    r"|cinema|theatre|gym|bakery|salon"
    r"|supermarket|market|post office|gallery|deli|takeaway|chemist|outlet|dealership"
    r"|appointment(?: is)?) (?:at|on|in|is at) $"
    r"|(?:你们|门店|分店|网点|营业厅|支行|店)[在的]?$"
)
_SHOP_AFTER: Final = re.compile(r"那[家个]|[的这]?(?:分店|门店|店|网点|营业厅|支行)")
_SHOP_WITHIN: Final = 40  # characters
_VEHICLE: Final = re.compile(r"bus|flight|gate|seat|platform|order|invoice")


def addresses(heard: Heard) -> Iterator[Span]:
    """Streets, and by what was asked or announced flats, houses, postcodes."""
    yield from (Span(*place, Kind.ADDRESS) for place in _places(heard))


def further_parts(heard: Heard, found: Sequence[Span]) -> list[Span]:
    """The flat and the like behind a street."""
    streets = [span.end for span in found if span.kind is Kind.ADDRESS]
    if not streets or heard.language.chinese:
        return []
    return [
        Span(*place, Kind.ADDRESS)
        for place in addresses_en.parts(heard.text, min(streets))
        if _harmless(heard, place[0]) is None
        and not _of_another(heard, place[0])
        and not any(span.start < place[1] and place[0] < span.end for span in found)
    ]


def _places(heard: Heard) -> Iterator[tuple[int, int]]:
    street = False
    for start, end in heard.language.streets(heard.text, heard.original):
        cue = before(heard.cues, start, within=heard.language.reach)
        vehicle = cue is not None and _VEHICLE.search(heard.text, cue.start, cue.end)
        shop = _SHOP.search(heard.text, max(0, start - _SHOP_WITHIN), start) or _SHOP_AFTER.match(
            heard.text, end
        )
        if not shop and (cue is None or cue.kind is not None or not vehicle):
            street = True
            yield start, end
    asked = Kind.ADDRESS in heard.asked_kinds
    announced = [cue for cue in heard.cues if cue.kind is Kind.ADDRESS]
    if asked or announced:
        yield from _spoken_of(heard, announced, asked=asked)
    elif not heard.language.chinese:
        if street:
            yield from _codes(heard)
        for start, end in addresses_en.written_postcodes(heard.original):
            if _harmless(heard, start) is None:
                yield start, end


def _spoken_of(heard: Heard, announced: Sequence[Cue], *, asked: bool) -> Iterator[tuple[int, int]]:
    if heard.language.chinese:
        yield from addresses_zh.houses(heard.text, asked=asked)
        return
    yield from addresses_en.postcodes(heard.text)
    yield from _codes(heard)
    if asked:
        yield from _answered(heard)
    for cue in announced:
        yield from _announced(heard, cue)


def _answered(heard: Heard) -> Iterator[tuple[int, int]]:
    for start, end in addresses_en.answers(heard.text):
        if heard.language.units.match(heard.text, end) or _harmless(heard, start) is not None:
            continue
        if _amount_within(heard, start, end) or any(a < end and start < b for a, b in heard.dates):
            continue
        if any(
            run.start <= start < run.end and len(run.value) > _LONGEST_HOUSE
            for run in heard.numbers
        ):
            continue
        bare = _BARE.fullmatch(heard.text, start, end) is not None
        if bare and start > _BEGINNING and heard.language.left_over(heard.text) > _MANY_WORDS:
            continue  # a number among other things
        yield start, end


def _announced(heard: Heard, cue: Cue) -> Iterator[tuple[int, int]]:
    text, language = heard.text, heard.language
    for start, end in addresses_en.parts(text, cue.end):
        if not _of_another(heard, start):
            yield start, end
    if not cue.strong:
        return
    one = addresses_en.house_and_name(text, cue.end)
    near = one is not None and language.left_over(text[cue.end : one[0]]) == 0
    if one is not None and near and not _amount_within(heard, *one):
        yield one
    if _HOUSE_NUMBER.search(text, cue.start, cue.end):
        found = _SMALL_NUMBER.match(text, cue.end)
        if found and not language.units.match(text, found.end()):
            yield found.span("number")


def _of_another(heard: Heard, place: int) -> bool:
    """Whether a word of another kind of number stands there: "account number 1184"."""
    return any(
        cue.start <= place < cue.end and cue.kind not in (None, Kind.ADDRESS) for cue in heard.cues
    )


def _harmless(heard: Heard, place: int) -> Cue | None:
    cue = before(heard.cues, place, within=heard.language.reach)
    return cue if cue is not None and cue.kind is None else None


def _amount_within(heard: Heard, start: int, end: int) -> bool:
    """A number in it that has a unit behind it: "12 working days"."""
    number = addresses_en.NUMBER.match(heard.text, start, end)
    return number is not None and heard.language.units.match(heard.text, number.end()) is not None


def _codes(heard: Heard) -> Iterator[tuple[int, int]]:
    """Letters and digits of a postcode of any country."""
    for run in heard.spelled:
        if run.value.isdigit() or len(run.value) not in _CODE_LENGTHS:
            continue
        if _CODE.fullmatch(run.value) and _harmless(heard, run.start) is None:
            start = run.start
            if Kind.ADDRESS in heard.asked_kinds:
                start = addresses_en.town_before(heard.text, start)
            yield start, run.end
