"""What is hidden of what was said: card numbers, ids, phones, addresses, dates of birth, secrets.

Pure: text in, text and spans out.
"""

from recordings.redaction.model import LABELS, Kind, Redacted, Span
from recordings.redaction.turns import Memory, Turn, redact, redact_turns

VERSION = 4
"""Of the rules: what was made of words by older ones is made again."""

__all__ = [
    "LABELS",
    "VERSION",
    "Kind",
    "Memory",
    "Redacted",
    "Span",
    "Turn",
    "redact",
    "redact_turns",
]
