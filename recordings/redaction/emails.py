# ruff: noqa: SIM905  lists of words read best as words
"""E-mail addresses, written and spoken ("john dot smith at gmail dot com", "at qq 点 com")."""

import re
from collections.abc import Iterator
from typing import Final

_WRITTEN: Final = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
_TOP: Final = (
    "com|org|net|edu|gov|info|biz|io|ai|app|dev|me|co|uk|us|ca|au|de|fr"
    "|es|it|nl|eu|ch|ie|in|sg|nz|my|tv|xyz|kr|mo|pl|se|no|be|pt|br|mx|online|store|shop|at|cn|hk"
    "|tw|jp|c o m|n e t|o r g|c o u k|c n"
)
_DOT: Final = r"(?: ?(?:\bdot\b|点|\.) ?)"
_DOMAIN: Final = re.compile(
    rf"(?P<at> ?@ ?| at(?: sign)? |\s?艾特\s?|\s?圈\s?a\s?|\s?a\s?圈\s?|\s?小老鼠\s?"
    rf"|(?<=[a-z0-9一-鿿]) ?at ?(?=[a-z0-9零一幺二三四五六七八九]{{2,12}} ?点))"
    rf"(?P<host>(?:[a-z0-9] ){{2,20}}[a-z0-9](?![a-z0-9])"
    rf"|(?!www\b)[a-z0-9零一幺二三四五六七八九-]{{1,30}}"
    rf"(?: (?!dot\b)[a-z0-9-]{{1,30}}){{0,2}})"
    rf"(?:{_DOT}[a-z0-9-]{{2,30}}){{0,2}}?{_DOT}(?:{_TOP})(?![a-z0-9])(?:{_DOT}(?:{_TOP})(?![a-z0-9]))?"
)
# Who names a known mailbox says "at gmail", without "dot com".
_KNOWN: Final = re.compile(
    r"(?P<at> ?@ ?| at |\s?艾特\s?|\s?圈\s?a\s?|\s?小老鼠\s?)"
    r"(?:g ?mail|googlemail|hot ?mail|outlook|yahoo|icloud|aol|proton ?mail|live|ymail|gmx"
    r"|rediff(?:mail)?|bigpond|big pond"
    r"|optusnet|btinternet|sky|virgin ?media|comcast|verizon|eircom|singnet|qq|163|126|一六三"
    r"|一二六|foxmail|sina|新浪|网易)"
    r"(?![a-z0-9])"
)
_DIGITS_TOO: Final = "a-z0-9零〇一幺二三四五六七八九"  # noqa: RUF001 - a Chinese nought
_JOINT: Final = r"(?:\b(?:dot|underscore|dash|hyphen)\b|点|下划线|底线)"
_PIECE: Final = re.compile(
    rf"(?:at|艾特|小老鼠|圈a) ?[{_DIGITS_TOO}]{{2,12}} ?点 ?(?:com|cn|net)"
    r"|\bat (?:[a-z0-9-]{2,20} ){1,2}dot (?:com|net|org|co|edu|ie|uk|au|in|sg"
    r"|hk)\b(?: dot [a-z]{2})?"
    rf"|(?:[{_DIGITS_TOO}]{{1,20}}[ ]?){{1,6}}?{_JOINT}(?: ?{_JOINT}"
    rf"| ?[{_DIGITS_TOO}]{{1,20}}){{1,6}}"
    r"|\b(?:[a-z0-9] ){3,20}[a-z0-9]\b"
    rf"|[a-z]{{2,20}}[{_DIGITS_TOO[3:]}]{{1,8}}"
)
_WORD: Final = re.compile(
    r"[a-z0-9_.+'-]+|[零〇一幺二两三四五六七八九]+|点|下划线|底线|横杠|中杠|减号|小写|大写"
)
_STOP: Final = frozenset(
    "is it's its to my me email e-mail mail address at on by was sure yes yeah ok okay so um uh "
    "looked look go went see saw site website the a i we you your bought that's called this use "
    "contact write send please and works meet there no not just back read correct number have has "
    "got can try "
    "again thanks hi hello well actually under work".split()
)
_JOINING: Final = frozenset(
    "dot underscore dash hyphen plus . _ - 点 下划线 横杠 底线 中杠 减号".split()
)
_MOST_WORDS: Final = 24
_LOCAL_AT_MOST: Final = 90


def emails(text: str) -> Iterator[tuple[int, int]]:
    """From, to (not included) of each in a text that is `plain`."""
    for found in _WRITTEN.finditer(text):
        yield found.start(), found.end()
    for found in (*_DOMAIN.finditer(text), *_KNOWN.finditer(text)):
        start = _local(text, found.start())
        if start is not None:
            yield start, found.end()


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """What may be part of an address in an answer to a question for one."""
    for found in _PIECE.finditer(text):
        yield found.start(), found.end()


def _local(text: str, end: int) -> int | None:
    """Where the part before "at" begins; None: nothing there can be one."""
    begin = max(0, end - _LOCAL_AT_MOST)
    start: int | None = None
    edge = end
    words = list(_WORD.finditer(text, begin, end))[-_MOST_WORDS:]
    for place in range(len(words) - 1, -1, -1):
        word = words[place]
        gap = text[word.end() : edge]
        if gap.strip(" ,") or (word[0].strip("'.") in _STOP and not _spelled(words, place)):
            break
        start = edge = word.start()
    while start is not None and words:
        first = next(word for word in words if word.start() == start)
        if first[0] not in _JOINING:
            break
        following = [word for word in words if word.start() > start]
        start = following[0].start() if following else None
    if start is not None and text.endswith(" the ", max(0, start - 5), start):
        return start - 4  # "the hendersons at …"
    return start


def _spelled(words: "list[re.Match[str]]", place: int) -> bool:
    """A letter beside another one: "l i n a", "a l e x", not "i looked"."""
    beside = words[max(0, place - 1) : place] + words[place + 1 : place + 2]
    return len(words[place][0]) == 1 and any(len(word[0]) == 1 for word in beside)
