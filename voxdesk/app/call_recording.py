"""The recording of one call, and what its log says of it."""

import asyncio
import logging
from datetime import datetime
from typing import Final

from recordings.recorder import Recorder
from telephony.legs import AudioReceived, KeptLeg
from voxdesk.app.conversation_parts import NoteDown
from voxdesk.app.services import Services
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.call import CallId, EventKind

CLOSING_AT_MOST_S: Final = 10.0
SILENT_AFTER_SAMPLES: Final = SAMPLE_RATE_HZ

log = logging.getLogger(__name__)


class CallRecording:
    """Nothing, until it begins; and where recordings are switched off."""

    def __init__(self, call_id: CallId, services: Services, note: NoteDown) -> None:
        self._call_id = call_id
        self._services = services
        self._note = note
        self._recorder: Recorder | None = None
        self._silent_until = 0

    @property
    def name(self) -> str:
        """As the CRM keeps it; empty when there is none."""
        return self._recorder.name if self._recorder else ""

    def begin(self, started_at: datetime) -> None:
        """The call was answered. `started_at` names the folder."""
        self._recorder = self._services.new_recorder(self._call_id, started_at, self._on_failure)
        if self._recorder is not None:
            self._note(EventKind.RECORDING, state="started", path=self._recorder.name)

    def go_on(self, started_at: datetime, leg: KeptLeg) -> None:
        """With the same file, after a time without an engine; silence stands for it."""
        self._recorder = self._services.new_recorder(
            self._call_id, started_at, self._on_failure, resume_ms=leg.lost_ms
        )
        if self._recorder is not None:
            self._recorder.mark("gap: the engine was restarted", leg.lost_ms)
        gap_s = (leg.now_ms - leg.lost_ms) / 1000
        self._note(EventKind.RECORDING, state="gap", seconds=round(gap_s, 2))

    def add(self, event: AudioReceived, *, sensitive: bool = False) -> None:
        """20 ms of both directions; silence instead of what is sensitive, and for a moment after.

        The tone of the last key may still sound when the dialogue is a step further.
        """
        if self._recorder is None:
            return
        if sensitive:
            self._silent_until = event.heard.offset + SILENT_AFTER_SAMPLES
        self._keep_silent(event.heard.offset < self._silent_until)
        self._recorder.add(event.heard, event.sent)

    def _keep_silent(self, silent: bool) -> None:  # noqa: FBT001  the one thing that it says
        if self._recorder is None or silent == self._recorder.paused:
            return
        if silent:
            self._recorder.pause()
            self._note(EventKind.RECORDING, state="paused", why="sensitive")
        else:
            self._recorder.resume()
            self._note(EventKind.RECORDING, state="resumed")

    async def close(self) -> None:
        """The call is over; returns when all is on disk, or the disk takes too long."""
        if self._recorder is None:
            return
        written = asyncio.wrap_future(self._recorder.close())
        try:
            info = await asyncio.wait_for(written, CLOSING_AT_MOST_S)
        except TimeoutError:
            log.warning("call %s: its recording could not be closed", self._call_id)
        else:
            self._note(EventKind.RECORDING, state="stopped", seconds=round(info.seconds, 2))

    def _on_failure(self, why: str) -> None:
        """On the writing thread; the call log takes it from any."""
        log.error("call %s: the recording stopped: %s", self._call_id, why)
        self._note(EventKind.RECORDING, state="failed", why=why)
