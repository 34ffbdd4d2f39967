# ruff: noqa: RUF001  Chinese text is Chinese

"""What counts of a sentence in which callers correct themselves or say what they don't mean."""

import re
from collections.abc import Iterator

from dialog.understanding.words import has_han, plain

_MARKER_EN = re.compile(
    r"[,.;:\s]*\b(?:(?:oh[,\s]+)?(?:no|wait|sorry|hang on|hold on|scratch that|correction|"
    r"oops|rather|actually|make (?:that|it)|i mean|i meant|i should say)[,.\s]+)+",
    re.IGNORECASE,
)
_MARKER_ZH = re.compile(
    r"[,，。、\s]*(?:不对|错了|说错了?|不是不是|更正|应该是|我是说|我说的是|等一下|等等|"
    r"抱歉|对不起|不好意思)"
    r"[,，。、\s]*(?:应该)?是?"
)
_DENIED_EN = re.compile(r"[,;\s]*\b(?:not|instead of|rather than)\b\s+", re.IGNORECASE)
_NOT_BUT_EN = re.compile(r"^(.+?)(?:,|;|\.|\bbut\b|\bit's\b|\bit is\b|\bjust\b|\bonly\b)\s*(.+)$")
_NOT_BUT_ZH = re.compile(r"不(?:是|要)(?P<denied>.+?)[,，。、\s]*(?:而是|是|要)(?P<meant>.+)$")
_BUT_NOT_ZH = re.compile(r"^(?P<meant>.+?)[,，。、\s]*(?:而)?不(?:是|要)(?P<denied>.+)$")
_TAKEN_BACK_EN = re.compile(
    r"^(?:(?:no|oh|wait|sorry|um+|uh+|well|actually)[,.\s]+)*"
    r"(?P<plainly>(?:(?:i (?:meant|mean|said|wanted)|(?:it )?should be|make (?:that|it)|"
    r"change (?:that|it) to|correction)[,:\s]+))(?P<rest>.+)$",
    re.IGNORECASE,
)
_LED_EN = re.compile(
    r"^(?:(?:no|wait|sorry|actually|oops|hang on|hold on)[,.\s]+)+(?P<rest>.+)$", re.IGNORECASE
)
_TAKEN_BACK_ZH = re.compile(
    r"^(?:[不嗯呃啊]|不对|错了|不是|抱歉|对不起|[,，。、\s])*"
    r"(?P<plainly>我(?:是说|说的是|要的是|的意思是)|应该是|改成|换成)(?P<rest>.+)$"
)
_LED_ZH = re.compile(
    r"^(?:不对|错了|说错了|不是|抱歉|对不起|不好意思|等一下)[,，。、\s]*(?:是)?(?P<rest>.+)$"
)


def segments(text: str) -> list[str]:
    """The text between corrections, the last one first: "monday no tuesday" is tuesday, monday."""
    marker = _MARKER_ZH if has_han(text) else _MARKER_EN
    parts = [part.strip(" ,，。.;") for part in marker.split(plain(text))]
    return [part for part in reversed(parts) if part]


def meant(text: str) -> Iterator[str]:
    """Parts of a text that may hold what is meant, the likeliest first, the whole text last."""
    given = plain(text)
    for segment in segments(given):
        yield from _without_denied(segment)
    yield given


def _without_denied(segment: str) -> Iterator[str]:
    """Fifteen of "fifteen, not fifty" and of "not fifty, fifteen"; else the segment."""
    if has_han(segment):
        for pattern in (_NOT_BUT_ZH, _BUT_NOT_ZH):
            found = pattern.search(segment)
            if found:
                yield found["meant"]
        yield segment
        return
    found = _DENIED_EN.search(segment)
    if not found:
        yield segment
        return
    before, after = segment[: found.start()].strip(), segment[found.end() :]
    if before:
        yield before
    but = _NOT_BUT_EN.search(after)
    if but:
        yield but[2]
    yield segment


def taken_back(text: str) -> tuple[str, bool] | None:
    """What replaces an earlier answer, and whether it says so plainly; None when nothing does.

    "No, I meant Tuesday" says so plainly; "no, Tuesday" may answer the question that was asked.
    """
    given = plain(text).strip()
    han = has_han(given)
    found = (_TAKEN_BACK_ZH if han else _TAKEN_BACK_EN).match(given)
    if found:
        return found["rest"], True
    found = (_LED_ZH if han else _LED_EN).match(given)
    return (found["rest"], False) if found else None
