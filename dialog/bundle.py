"""A flow with the subflows that it runs, as one text: what is published, kept and hashed.

The flow's file comes first, to the letter; then each subflow's, after a line that no file can have:
a second document is refused in files. A flow without subflows is just its file.
"""

import re
from collections.abc import Mapping
from typing import Final

MAX_BYTES: Final = 8 << 20
_MARK: Final = re.compile(rb"\n--- # subflow ([^\n]+)\n")


def bundled(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """One text of a flow's file and its subflows' by name."""
    marked = (b"\n--- # subflow " + name.encode() + b"\n" + part for name, part in parts.items())
    return b"".join([data, *marked])


def unbundled(data: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The file and the subflows' by name, as `bundled` got them.

    >>> unbundled(bundled(b"steps: {}", {"verify": b"x"}))
    (b'steps: {}', {'verify': b'x'})
    """
    first, *rest = _MARK.split(data)
    names = (name.decode("utf-8", "replace") for name in rest[::2])
    return first, dict(zip(names, rest[1::2], strict=True))
