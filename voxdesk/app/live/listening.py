"""The console's end of a live call's sound."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from voxdesk.app.live.streams import EngineAway
from voxdesk.kernel.errors import VoxdeskError

WITHIN_S: Final = 5.0
SILENT_AT_MOST_S: Final = 15.0
"""A call that is up says something every 20 ms."""
CHUNK: Final = 4096
FRAME_BYTES: Final = 4
"""Of one moment: both sides, 16 bits each."""


class CallGone(VoxdeskError):
    """A call that is over, or was never there."""

    code = "not_there"


class LiveSound:
    """One listener's connection to the engine. `rate_hz` of both channels."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate_hz: int
    ) -> None:
        self._reader = reader
        self._writer = writer
        self.rate_hz = rate_hz

    async def pieces(self) -> AsyncIterator[bytes]:
        """Whole moments, as they come, until the call or the engine is gone."""
        rest = b""
        while True:
            async with asyncio.timeout(SILENT_AT_MOST_S):
                chunk = await self._reader.read(CHUNK)
            if not chunk:
                return
            chunk = rest + chunk
            whole = len(chunk) - len(chunk) % FRAME_BYTES
            rest = chunk[whole:]
            if whole:
                yield chunk[:whole]

    def close(self) -> None:
        """Nobody listens any more."""
        self._writer.close()


async def open_sound(path: Path, call_id: str) -> LiveSound:
    """Begin to listen.

    Raises:
        EngineAway: it isn't there.
        CallGone: it has no such call.
    """
    try:
        async with asyncio.timeout(WITHIN_S):
            reader, writer = await asyncio.open_unix_connection(path, limit=CHUNK)
            writer.write(json.dumps({"do": "listen", "call": call_id}).encode() + b"\n")
            answer = json.loads(await reader.readline())
    except (OSError, TimeoutError, ValueError) as error:
        raise EngineAway(
            "The engine of this machine is not there, so nothing can be heard. It starts again by "
            "itself; try again in some seconds.",
            case="engine_starts",
        ) from error
    if "rate" in answer:
        return LiveSound(reader, writer, int(answer["rate"]))
    writer.close()
    if answer.get("code") == "not_there":
        raise CallGone("This call is over.", case="call_over")
    raise EngineAway(f"The engine said: {answer.get('error')}")
