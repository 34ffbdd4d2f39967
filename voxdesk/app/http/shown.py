"""Words of callers and of staff as staff see them."""

from collections.abc import Sequence

from recordings.redaction import Memory, Turn, redact


def shown(text: str, language: str) -> str:
    """The text without what nobody needs to see; `language` is that of the words, or empty."""
    return redact(text, language).text


def shown_last(lines: Sequence[tuple[str, str]], language: str) -> str:
    """The last of some lines of a call, each with its side; those before say what was asked."""
    memory, text = Memory(), ""
    for side, said in lines:
        text = memory.redact(Turn(side, said, language)).text
    return text
