"""The call centre's time zone: what days, weekdays and hours of figures are."""

import os
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voxdesk.app.settings import Settings

_LOCAL: Final = Path("/etc/localtime")
_FOLDER: Final = "/zoneinfo/"


def zone_of(settings: Settings) -> tzinfo:
    """The zone that the settings name, or else the machine's."""
    return _named(settings.console.time_zone) or _machines(os.environ.get("TZ", ""))


@lru_cache(maxsize=8)
def _machines(named: str) -> tzinfo:
    """With its changes of summer time where the machine says which zone it is in."""
    link = str(_LOCAL.resolve()) if _LOCAL.is_symlink() else ""
    for name in (named.lstrip(":"), link.partition(_FOLDER)[2]):
        if found := _named(name):
            return found
    return datetime.now().astimezone().tzinfo or ZoneInfo("UTC")


@lru_cache(maxsize=8)
def _named(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
