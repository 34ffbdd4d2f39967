"""Why something failed, as rows and answers keep it: in English, and for other languages."""

from typing import Any

from voxdesk.kernel.errors import VoxdeskError
from voxdesk.kernel.worded import Worded, as_data

MOST = 2000
"""Characters of what is kept."""


def kept(why: VoxdeskError | str) -> dict[str, Any]:
    """What a row has of it: `error`, a text, and `trouble`, what that text is made of.

    Args:
        why: an error of ours, a sentence, or the empty text where nothing failed.
    """
    return {"error": str(why)[:MOST], "trouble": trouble_of(why)}


def trouble_of(why: VoxdeskError | str) -> dict[str, Any] | None:
    """The same as an answer of the API that refuses something; None for a text in English only."""
    if isinstance(why, VoxdeskError):
        parts = {
            "code": why.code,
            "case": why.case,
            "details": why.details,
            "worded": as_data(why.worded) if why.worded is not None else None,
        }
        return {name: value for name, value in parts.items() if value}
    if isinstance(why, Worded) and why:
        return {"code": VoxdeskError.code, "worded": as_data(why)}
    return None
