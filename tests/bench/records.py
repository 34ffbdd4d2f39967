"""What the measured system itself wrote down of its calls: its CRM, its recordings."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from sqlalchemy import select

from crm.calls.models import Call, CallEventRow
from recordings.library import RecordingLibrary
from recordings.sound import read_frames, sound_format
from tests.bench.speech import RATE_HZ
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import VoxdeskError

WRITTEN_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Record:
    """One call as the CRM has it.

    Attributes:
        events: (kind, data) in the order of the log.
        recording: its name; empty when there is none.
        library: where that is read.
    """

    id: str
    caller: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str
    events: tuple[tuple[str, Mapping[str, Any]], ...]
    recording: str
    library: RecordingLibrary

    def seen(self, kind: EventKind) -> list[Mapping[str, Any]]:
        """The data of its events of this kind."""
        return [data for each, data in self.events if each == kind.value]

    @property
    def lost_frames(self) -> int:
        """Frames of the caller's that never came, as the line counted them."""
        return sum(int(data.get("lost_frames") or 0) for data in self.seen(EventKind.ENDED))

    @property
    def recorded_s(self) -> float | None:
        """Length of its recording; None when there is none, or it can't be played."""
        if not self.recording:
            return None
        try:
            return self.library.info(self.recording).seconds
        except VoxdeskError:
            return None

    def heard_from_caller(self) -> Pcm:
        """The caller's side of the recording, 8 kHz; empty when there is none."""
        if self.recorded_s is None:
            return np.zeros(0, np.int16)
        with self.library.open(self.recording) as file:
            rate, stereo = sound_format(file).sample_rate_hz, read_frames(file)
        return soxr.resample(np.ascontiguousarray(stereo[:, 0]), rate, RATE_HZ)


class Records:
    """Reads the records of a system on this machine, while it runs or after."""

    def __init__(self, state_dir: Path) -> None:
        self._library = library_of(Settings(state_dir=state_dir))
        self.database = Database(f"sqlite:///{state_dir / 'voxdesk.db'}")
        self.seen: set[str] = set()

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def new(self, *, events: bool = True) -> list[Record]:
        """Every call that hasn't been given out yet, once all of them have ended or 15 s passed."""
        deadline_s = time.monotonic() + WRITTEN_WITHIN_S
        while time.monotonic() < deadline_s:
            with self.database.reading() as session:
                left = session.scalars(select(Call.id).where(Call.ended_at.is_(None))).all()
            if not set(left) - self.seen:
                break
            time.sleep(0.2)
        with self.database.reading() as session:
            calls = [call for call in session.scalars(select(Call)) if call.id not in self.seen]
            found = [
                self._record(call, self._events(session, call.id) if events else ())
                for call in calls
            ]
        self.seen |= {each.id for each in found}
        return found

    @staticmethod
    def _events(session: Any, call_id: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        rows = select(CallEventRow).where(CallEventRow.call_id == call_id)
        return tuple((row.kind, row.data) for row in session.scalars(rows.order_by("seq")))

    def _record(self, call: Call, events: tuple[tuple[str, Mapping[str, Any]], ...]) -> Record:
        return Record(
            call.id,
            call.caller,
            call.started_at,
            call.answered_at,
            call.ended_at,
            call.cause,
            events,
            call.recording_path,
            self._library,
        )
