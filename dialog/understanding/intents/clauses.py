"""What of a long sentence may be the wish in it: people say hello, and why, before and after."""

import re

MOST = 4
_CUT = re.compile(r"[,;:.!?，。；：！？]+")  # noqa: RUF001  Chinese punctuation is meant
_LEAST_WORDS, _LEAST_HAN = 2, 3
_HAN = re.compile(r"[\u3400-\u9fff]")


def clauses(text: str) -> tuple[str, ...]:
    """The parts between punctuation, the longest ones, when there is more than one."""
    parts = [part.strip() for part in _CUT.split(text)]
    parts = [part for part in parts if part]
    if len(parts) == 1:
        return ()
    parts = [part for part in parts if _is_whole(part)]
    return tuple(sorted(dict.fromkeys(parts), key=len, reverse=True)[:MOST])


def _is_whole(part: str) -> bool:
    """Whether it has enough words to be a wish."""
    han = len(_HAN.findall(part))
    return han >= _LEAST_HAN if han else len(part.split()) >= _LEAST_WORDS
