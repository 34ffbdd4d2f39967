"""The program's log: which call a line is about, and never what anybody said in it.

Lines name their call themselves ("call 1f3c…: …"), or get it from the task that writes them. An
error that isn't ours is written without its message: that may hold a caller's words or number.
"""

import asyncio
import contextlib
import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from voxdesk.app.observe_settings import LogSettings
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import VoxdeskError

_call: ContextVar[CallId | None] = ContextVar("call", default=None)
_NAMED: Final = re.compile(r"\b(?:call|recording) (?:\S*/)?([0-9a-f]{12})\b")
# What they write at "debug" holds whole messages: texts to be spoken, words that were heard.
_TALKATIVE: Final = ("websockets", "edge_tts", "aiohttp", "asyncio")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

log = logging.getLogger(__name__)


def in_call(call_id: CallId) -> None:
    """From now on, what this task writes, and what it starts, concerns this call."""
    _call.set(call_id)


@contextlib.contextmanager
def during_call(call_id: CallId) -> Iterator[None]:
    """What is written within concerns this call, and what comes after doesn't."""
    token = _call.set(call_id)
    try:
        yield
    finally:
        _call.reset(token)


def configure(settings: LogSettings) -> None:
    """Write to stderr, in the form that is set."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.format == "json" else TextLines())
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    if settings.level != "debug":
        logging.getLogger("alembic").setLevel(logging.WARNING)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))


class TextLines(logging.Formatter):
    """A line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, and where an error happened."""
        before, record.exc_text = record.exc_text, None  # another handler's, with its message
        try:
            return super().format(record)
        finally:
            record.exc_text = before

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        """The line, with its call in front when it doesn't name it."""
        call = _call.get()
        if call is not None and call not in record.message:
            record.message = f"call {call}: {record.message}"
        return super().formatMessage(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802  logging's name
        """Where it happened, and what kind of error it was."""
        return _where(ei[1])


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message; call and error where there are some."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        message = record.getMessage()
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
        }
        named = _NAMED.search(message)
        if call := named.group(1) if named else _call.get():
            line["call"] = call
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _where(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """For `set_exception_handler`; asyncio's own would write the arguments of a callback."""
    error = context.get("exception")
    what = str(context.get("message", "")).partition("(")[0].partition("<")[0].strip()
    log.error("event loop: %s", what, exc_info=error if isinstance(error, Exception) else None)


def _where(error: BaseException | None) -> str:
    """A traceback without other people's words: lines of code, and the kind of each error."""
    parts: list[str] = []
    while error is not None:
        frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
        said = f": {error}" if isinstance(error, VoxdeskError) else ""
        parts.append(f"Traceback (most recent call last):\n{frames}{type(error).__name__}{said}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nafter\n".join(parts)
