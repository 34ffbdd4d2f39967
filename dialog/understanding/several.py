# ruff: noqa: RUF001  Chinese text is Chinese

"""Several of a closed list: "the red one and the blue one", "all but green", 都要."""

import re
from collections.abc import Sequence

from dialog.understanding.choices import choose, spoken_at
from dialog.understanding.revised import segments
from dialog.understanding.words import han_only, has_han, squeezed
from voxdesk.kernel.speech import Choice

_PLACES = {
    word: place
    for place, words in enumerate(
        ("first 1st one 1", "second 2nd two 2", "third 3rd three 3", "fourth 4th four 4",
         "fifth 5th five 5", "sixth 6th six 6", "seventh 7th seven 7", "eighth 8th eight 8",
         "ninth 9th nine 9")
    )
    for word in words.split()
}  # fmt: skip
_ORDINAL = (
    "first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|sixth|6th|seventh|7th|eighth|8th|9th"
)
_NTH = re.compile(rf"\b(?:(?P<nth>{_ORDINAL}|last)|(?:number|option|choice) (?P<number>\w+))\b")
_IS_PLACE = re.compile(
    rf"^(?:\S+ ){{0,6}}?(?:(?:{_ORDINAL}|last)(?: (?:one|option|choice|item|thing))?"
    r"|(?:number|option|choice) \w+)(?: (?:please|then|thanks|thank you|i think|for me))*$"
)
_SHORT_ZH = 10
_FIRST_FEW = re.compile(r"\b(?P<end>first|last) (?P<count>two|three|four|2|3|4)\b")
_BARE = re.compile(r"^(?:\d|one|two|three|four|five|six|seven|eight|nine| |and|also|please)+$")
_ALL = re.compile(r"\b(?:all|everything|every one|each(?: one)?)\b")
_BOTH = re.compile(r"\bboth\b")
_NONE = re.compile(r"\b(?:neither|none|not any|nothing|no one of them)\b")
_BUT = re.compile(r"\b(?:except(?: for)?|but|apart from|other than|without|minus)\b(?: not)?")
_NOT = re.compile(r"\bnot(?: the| a)?\b")
_AND = re.compile(r"\b(?:and|also|plus|too|then|as well as|or)\b|[,;&]")
_NTH_ZH = re.compile(
    r"第?(?P<nth>[一二三四五六七八九1-9])个|(?P<last>最后一?个)|第(?P<bare>[一二三四五六七八九1-9])"
)
_ALL_ZH = re.compile(r"都要|都可以|全部?要|全部|所有的?|都是|统统")
_NONE_ZH = re.compile(r"都不[要是]|一个都?不要|一个也不要|没有一个")
_BUT_ZH = re.compile(r"除了(?P<but>.+?)(?:以外|之外)?(?=其他|其它|别的|都|全|$)")
_NOT_ZH = re.compile(r"不要|不是|别")
_AND_ZH = re.compile(r"[和跟与及、，,还]|以及|还有|加上")

Values = tuple[tuple[str, ...], float]


def several(text: str, choices: Sequence[Choice]) -> Values | None:
    """The options that were named, in the list's order, and how sure that is, or None.

    No option at all ("none of them") is an answer too: an empty tuple.
    """
    parts = segments(text)
    found: list[list[int]] = []
    sure = 1.0
    for part in reversed(parts):
        read = _read(part, choices)
        if read is not None:
            found.append(read[0])
            sure = min(sure, read[1])
    if not found:
        return None
    places = found[0]
    for revised in found[1:]:
        # "Red and green, no wait, blue" takes back as many as it names, the last ones.
        kept = places[: max(0, len(places) - len(revised))] if len(revised) < len(places) else []
        places = [*kept, *revised]
    return tuple(choices[place].value for place in sorted(set(places))), sure


def nth(text: str, choices: Sequence[Choice]) -> str | None:
    """The option that was named by its place in the list: "the second one", "the last".

    Talk is full of such words ("the second floor", "last week"): only a short answer counts in
    which the place stands by itself.
    """
    if len(han_only(text)) > _SHORT_ZH if has_han(text) else not _IS_PLACE.search(squeezed(text)):
        return None
    found = _by_place(text, len(choices))
    return choices[found[0]].value if len(found) == 1 else None


def one_of(text: str, choices: Sequence[Choice]) -> tuple[str, float] | None:
    """The one option that counts when others are denied or taken back."""
    for part in segments(text):
        read = _read(part, choices)
        if read is not None:
            chosen = read[0]
            return (choices[chosen[0]].value, read[1]) if len(chosen) == 1 else None
    return None


def _read(  # noqa: PLR0911  cases in their order
    text: str, choices: Sequence[Choice]
) -> tuple[list[int], float] | None:
    han = has_han(text)
    said = han_only(text) if han else squeezed(text)
    every = list(range(len(choices)))
    if han:
        if _NONE_ZH.search(said):
            return [], 1.0
        but = _BUT_ZH.search(said)
        if but:
            denied, sure = _named(but["but"], choices)
            return ([place for place in every if place not in denied], sure) if denied else None
        if _ALL_ZH.search(said) and not _named(text, choices)[0]:
            return every, 1.0
    else:
        but_en = _BUT.search(said)
        wide = _ALL.search(said) is not None
        if wide and but_en:
            denied, sure = _named(said[but_en.end() :], choices)
            return ([place for place in every if place not in denied], sure) if denied else None
        named = _named(text, choices)[0]
        if _NONE.search(said) and not named:
            return [], 1.0
        if (wide or (_BOTH.search(said) and len(choices) == 2)) and not named:  # noqa: PLR2004
            return every, 1.0
    places, sure = _named(text, choices)
    places = [place for place in places if place not in _denied(said, choices, han=han)]
    return (places, sure) if places else None


def _named(text: str, choices: Sequence[Choice]) -> tuple[list[int], float]:
    """Places of the options that are named, in the order in which they are said."""
    exact = spoken_at(text, choices)
    by_place = _by_place(text, len(choices))
    if exact or by_place:
        named = [place for _, place in sorted((at, place) for place, at in exact.items())]
        return list(dict.fromkeys([*named, *(by_place if not exact else [])])), 1.0
    connector = _AND_ZH if has_han(text) else _AND
    found: list[int] = []
    sure = 1.0
    for part in connector.split(text):
        read = choose(part, choices) if part.strip() else None
        if read is not None:
            found += [place for place, choice in enumerate(choices) if choice.value == read[0]]
            sure = min(sure, read[1])
    return list(dict.fromkeys(found)), sure


def _denied(said: str, choices: Sequence[Choice], *, han: bool) -> set[int]:
    """The option that follows each "not"."""
    denied = set()
    for match in (_NOT_ZH if han else _NOT).finditer(said):
        after = spoken_at(said[match.end() :], choices)
        if after:
            denied.add(min(after, key=lambda place: after[place]))
    return denied


def _by_place(text: str, count: int) -> list[int]:
    if has_han(text):
        said = han_only(text)
        places = [
            count - 1 if match["last"] else _digit_zh(match["nth"] or match["bare"]) - 1
            for match in _NTH_ZH.finditer(said)
        ]
    else:
        said = squeezed(text)
        few = _FIRST_FEW.search(said)
        if few:
            size = _PLACES[few["count"]] + 1
            every = list(range(count))
            return every[:size] if few["end"] == "first" else every[-size:]
        if _BARE.match(said):
            places = [_PLACES[word] for word in said.split() if word in _PLACES]
        else:
            places = [
                count - 1 if match["nth"] == "last"
                else _PLACES.get(match["nth"] or match["number"], count)
                for match in _NTH.finditer(said)
            ]  # fmt: skip
    return [place for place in dict.fromkeys(places) if 0 <= place < count]


def _digit_zh(said: str) -> int:
    return int(said) if said.isdigit() else "零一二三四五六七八九".index(said)
