"""Words of callers and of staff as staff see them."""

from recordings.redaction import redact


def shown(text: str, language: str) -> str:
    """The text without what nobody needs to see; `language` is that of the words, or empty."""
    return redact(text, language).text
