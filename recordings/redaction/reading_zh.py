# ruff: noqa: RUF001  Chinese text is Chinese
"""Numbers in Chinese: "幺三八零零", "四个一", "四五幺叉"; amounts (十百千) aren't spelled."""

import re
from collections.abc import Iterator
from typing import Final

from recordings.redaction.runs import Run

_DIGITS: Final = {
    letter: str(value)
    for value, letters in enumerate(
        ("零〇", "一幺壹", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for letter in letters
} | {str(value): str(value) for value in range(10)}
_AMOUNT: Final = frozenset("十百千万亿拾佰仟")
_SEPARATORS: Final = frozenset(" ,，、.-—–。")
_BETWEEN: Final = ("然后", "那个", "嗯", "呃", "啊", "哦", "后面是", "接着", "再来", "还有")
# "三个八", "双八"; radio's 洞, 拐, 勾 beside digits.
_COUNTED: Final = re.compile(
    r"(?:(?P<count>[二两三四五六2-6])个(?!十|百)"
    r"|(?P<twin>双))(?P<digit>[零〇一幺二三四五六七八九0-9])"
)
_COUNTS: Final = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_RADIO: Final = {"洞": "0", "拐": "7", "勾": "9"}
_BRACKET: Final = re.compile(r"(?:左|右)?括号|[()（）]|横杠|[杠减]|大写的?|小写的?|字母|英文")


def runs(text: str, *, letters: bool) -> Iterator[Run]:
    """Every run of a text that is `plain`; amounts ("一百二十") are passed over."""
    place, start, end, value, plus = 0, -1, -1, "", False
    while place <= len(text):
        step, read = (0, "") if place == len(text) else _item(text, place, letters=letters)
        if step and read:
            if start < 0:
                plus = place > 0 and text[place - 1] == "+"
                start = place - plus
            value, place = value + read, place + step
            end = place
            continue
        if start >= 0 and place < len(text):
            step = _between(text, place)
            if step:
                place += step
                continue
        if start >= 0:
            if not (place < len(text) and text[place] in _AMOUNT and len(value) == 1):
                yield Run(start, end, value, plus)
            start, value, plus = -1, "", False
        if place < len(text) and text[place] in _AMOUNT:
            place = _past_amount(text, place)
        else:
            place += 1


def _item(text: str, place: int, *, letters: bool) -> tuple[int, str]:
    counted = _COUNTED.match(text, place)
    if counted:
        times = 2 if counted["twin"] else _COUNTS.get(counted["count"]) or int(counted["count"])
        return counted.end() - place, _DIGITS[counted["digit"]] * times
    read = _letter(text, place)
    if read is None and letters and text[place].isascii() and text[place].isalpha():
        read = text[place].upper()
    return (0, "") if read is None else (1, read)


def _letter(text: str, place: int) -> str | None:
    letter, before = text[place], text[place - 1] if place else ""
    if letter in _DIGITS:
        return _DIGITS[letter]
    if letter == "两" and before in _DIGITS and _digit_follows(text, place + 1):
        return "2"
    beside = before in _DIGITS or before in _RADIO or _digit_follows(text, place + 1)
    if letter in _RADIO and beside:
        return _RADIO[letter]
    if letter in "x叉" and (before in _DIGITS or (before == " " and text[place - 2] in _DIGITS)):
        return "X"
    return None


def _digit_follows(text: str, place: int) -> bool:
    return text[place : place + 2].strip(" ,，")[:1] in _DIGITS


def _between(text: str, place: int) -> int:
    if text[place] in _SEPARATORS:
        return 1
    bracket = _BRACKET.match(text, place)
    if bracket:
        return bracket.end() - place
    return next((len(filler) for filler in _BETWEEN if text.startswith(filler, place)), 0)


def _past_amount(text: str, place: int) -> int:
    while place < len(text) and (text[place] in _AMOUNT or text[place] in _DIGITS):
        place += 1
    return place
