# ruff: noqa: RUF001  Chinese text is Chinese

"""Numbers as Mandarin speakers say them: 四七幺幺, 四千七百一十一, 三个零, 四七 then 11."""

import re

from dialog.understanding.digits import Runs
from dialog.understanding.words import plain

DIGITS = {
    **{character: str(value) for value, character in enumerate("零一二三四五六七八九")},
    **{character: str(value) for value, character in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "幺": "1", "两": "2", "俩": "2", "○": "0", "洞": "0",
}  # fmt: skip
# What recognizers write for 零 (líng) beside other digits; for 幺 (yāo) they write 要 and others,
# which count only after a digit: 我要四七一一 begins with a wish.
_HOMOPHONES = {"灵": "0", "玲": "0", "铃": "0", "拐": "7", "勾": "9"}
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000}
_AFTER_DIGIT = re.compile(r"(?<=[\d零〇一二三四五六七八九幺两])[腰要妖吆邀]+")
_COUNTERS = {"个", "個"}
_FILLERS = set(" ,，、。.-—_嗯呃啊哦额那然后再杠空格")
_CORRECTIONS = (
    "不对",
    "不是",
    "错了",
    "说错",
    "应该是",
    "等等",
    "等一下",
    "更正",
    "抱歉",
    "对不起",
)


def readings(text: str, *, letters: bool = False) -> list[str]:
    """Every digit string that the characters may mean, the likeliest first.

    Args:
        text: what was said, as any recognizer writes it.
        letters: whether Latin letters belong to it ("A 四七一一"); they come out in upper case.
    """
    runs = Runs()
    run = ""
    folded = _AFTER_DIGIT.sub(lambda found: "幺" * len(found[0]), plain(text))
    for marker in _CORRECTIONS:
        folded = folded.replace(marker, "\n")
    for place, character in enumerate(folded + "\x00"):
        if _belongs(folded, place, letters=letters):
            run += character
        elif character not in _FILLERS:
            runs.add(_run_readings(run))
            run = ""
            if character == "\n":
                runs.corrected()
    return runs.candidates()


def _belongs(text: str, place: int, *, letters: bool) -> bool:
    character = text[place : place + 1]
    if not character:
        return False
    if character in DIGITS or character in _SCALES or (character.isascii() and character.isdigit()):
        return True
    if letters and character.isascii() and character.isalpha():
        return True
    beside = (text[place - 1 : place], text[place + 1 : place + 2])
    if character in _HOMOPHONES:
        return any(_is_digit(other) for other in beside)
    if character in _COUNTERS:  # 三个零
        return all(_is_digit(other) for other in beside)
    return False


def _is_digit(character: str) -> bool:
    return bool(character) and (character in DIGITS or character in "0123456789")


def _run_readings(run: str) -> list[str]:
    found = [_assemble(run, merge=True), _assemble(run, merge=False)]
    return [reading for reading in found if any(character.isdigit() for character in reading)]


def _assemble(run: str, *, merge: bool) -> str:
    out = ""
    place = 0
    while place < len(run):
        text, used = _cardinal(run, place) if merge else ("", 0)
        if not used:
            text, used = _single(run, place)
        out += text
        place += used
    return out


def _single(run: str, place: int) -> tuple[str, int]:
    character = run[place]
    value = _digit(character)
    if value and run[place + 1 : place + 2] in _COUNTERS and place + 2 < len(run):
        return _digit(run[place + 2]) * int(value), 3
    if value:
        return value, 1
    if character in _SCALES:
        return str(_SCALES[character])[0 if place == 0 else 1 :], 1
    return (character.upper() if character not in _COUNTERS else ""), 1


def _digit(character: str) -> str:
    if character in DIGITS:
        return DIGITS[character]
    return _HOMOPHONES.get(character, character if character in "0123456789" else "")


def _cardinal(run: str, place: int) -> tuple[str, int]:
    """A number with scale characters that starts here, 一百二 included; ("", 0) if there is none.

    Scales fall from left to right; 零 only marks a skipped one.
    """
    total = 0
    used = 0
    last_scale = 100_000
    while place + used < len(run):
        at = place + used
        skip = 1 if used and run[at] in "零〇" else 0
        value = _digit(run[at + skip]) if at + skip < len(run) else ""
        scale = _SCALES.get(run[at + skip + 1], 0) if value and at + skip + 1 < len(run) else 0
        if not used and run[at] in {"十", "拾"}:
            value, scale, skip = "1", 10, -1  # 十一
        if value and scale and scale < last_scale:
            total += int(value) * scale
            used += skip + 2
            last_scale = scale
            continue
        tail = bool(value) and bool(used) and value != "0" and not _more(run, at + skip + 1)
        if tail and (skip or last_scale == 10):  # noqa: PLR2004  the scale of 十
            return str(total + int(value)), used + skip + 1
        if tail and not skip:  # 一百二: 120
            return str(total + int(value) * last_scale // 10), used + 1
        break
    return (str(total), used) if used else ("", 0)


def _more(run: str, place: int) -> bool:
    """Whether plain digits go on, so that the digit before belongs to them (四十七一一)."""
    return False if place >= len(run) else run[place] in _SCALES
