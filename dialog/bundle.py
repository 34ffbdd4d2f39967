"""A flow with its subflows and what it knows, as one text: what is published, kept and hashed.

The flow's file comes first, to the letter; then each subflow's and each file of knowledge, after a
line that no file can have: a second document is refused in files. A flow alone is just its file.
"""

import re
from collections.abc import Mapping
from typing import Final

MAX_BYTES: Final = 8 << 20
KNOWLEDGE: Final = "knowledge/"
"""The names of parts that are no subflows begin like this; a flow's name has no slash."""
_MARK: Final = re.compile(rb"\n--- # (?:subflow ([^\n]+)|knowledge ([^\n]+))\n")


def bundled(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """One text of a flow's file and its parts by name: subflows, and "knowledge/…"."""
    return b"".join([data, *(_mark(name) + part for name, part in parts.items())])


def _mark(name: str) -> bytes:
    kind, what = ("subflow", name)
    if name.startswith(KNOWLEDGE):
        kind, what = "knowledge", name.removeprefix(KNOWLEDGE)
    return f"\n--- # {kind} {what}\n".encode()


def unbundled(data: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The file and its parts by name, as `bundled` got them.

    >>> unbundled(bundled(b"steps: {}", {"verify": b"x"}))
    (b'steps: {}', {'verify': b'x'})
    """
    first, *rest = _MARK.split(data)
    parts = {}
    for subflow, knowledge, text in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        name = (subflow or knowledge).decode("utf-8", "replace")
        parts[name if subflow else f"{KNOWLEDGE}{name}"] = text
    return first, parts
