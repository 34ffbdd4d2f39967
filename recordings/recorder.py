"""Recording of calls: the media path leaves frames, one thread for all calls writes them.

`Recorder.add` runs every 20 ms of every call: it appends to a deque and returns. The thread comes
by a few times a second; each visit writes what is there and brings the header up to date, so that
a file is whole up to its last second whatever happens to the process.
"""

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from recordings.library import recording_path
from recordings.sealed.file import SealedFile, sealed_path
from recordings.sealed.keys import KeyFile
from recordings.wav import Marker
from recordings.wav_file import Stereo, WavFile
from voxdesk.kernel.audio import FRAME_MS, SAMPLE_RATE_HZ, SAMPLES_PER_MS, AudioFrame, Pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import RecordingLocked, VoxdeskError

VISIT_EVERY_S = 0.25
MAX_WAITING_FRAMES = 30_000 // FRAME_MS
MIN_FREE_BYTES = 256 << 20
LOOK_AT_DISK_EVERY_S = 5.0
# A longer jump of the offset is a fault of ours, not a gap in the audio.
MAX_GAP_SAMPLES = 3600 * SAMPLE_RATE_HZ

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """A finished recording.

    Attributes:
        path: of the file.
        seconds: its length; from answer to the last frame unless it failed.
        dropped_frames: frames that the disk was too slow for; silence stands for them.
        failed: why it stopped early, or empty.
    """

    path: Path
    seconds: float
    dropped_frames: int
    failed: str = ""


class Recorder:
    """Records one call: caller left, answer right. Made by `RecordingThread.open`.

    Its methods are called on one thread (the engine's loop) and never block.

    Attributes:
        path: of the file.
        name: of the recording below the recordings folder, as the CRM keeps it.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        on_failure: Callable[[str], None] | None,
        wake: threading.Event,
        *,
        resume_ms: int,
        keys: KeyFile | None,
    ) -> None:
        self.path = path
        self._keys = keys
        self.name = name
        self._wake = wake
        self._on_failure = on_failure
        # A deque's append and popleft are atomic: no lock on the media path.
        self._waiting: deque[tuple[int, Pcm, Pcm | None]] = deque()
        self._end = resume_ms * SAMPLES_PER_MS
        self._paused = False
        self._dropped = 0
        self._markers: list[Marker] = []
        self._closing = False
        self._done: Future[RecordingInfo] = Future()
        self._done.set_running_or_notify_cancel()  # who tires of waiting must not stop the thread
        # Below: the writing thread's own.
        self._file: WavFile | SealedFile | None = None
        self._failed = ""

    def add(self, heard: AudioFrame, sent: Pcm | None) -> None:
        """Take 20 ms: what the caller said, and what was played to them (None: silence).

        The arrays must not be changed afterwards. A frame stands in the file where its offset
        says, whatever was lost before it.
        """
        out_of_reach = not 0 <= heard.offset <= self._end + MAX_GAP_SAMPLES
        if self._failed or self._closing or out_of_reach:
            return
        self._end = max(self._end, heard.offset + len(heard.pcm))
        if self._paused:
            return
        if len(self._waiting) >= MAX_WAITING_FRAMES:
            self._dropped += 1
            return
        self._waiting.append((heard.offset, heard.pcm, sent))

    def pause(self) -> None:
        """From the next frame on nothing is kept; silence stands for it."""
        self._paused = True

    def resume(self) -> None:
        """Record again."""
        self._paused = False

    @property
    def paused(self) -> bool:
        """Whether frames are being left out."""
        return self._paused

    @property
    def seconds(self) -> float:
        """Length so far."""
        return self._end / SAMPLE_RATE_HZ

    def mark(self, label: str, at_ms: int) -> None:
        """Name a moment, milliseconds since answer; audio editors show it. Not for personal data.

        Markers are written when the recording is closed.
        """
        self._markers.append(Marker(at_ms * SAMPLES_PER_MS, label))

    def close(self) -> Future[RecordingInfo]:
        """The call is over. The result comes when everything is on disk. Harmless twice."""
        self._closing = True
        self._wake.set()
        return self._done

    # ---------------------------------------------------------------- the writing thread

    def visit(self, *, disk_full: str) -> bool:
        """Write what is there. True when nothing will come any more."""
        closing = self._closing  # before looking: nothing is added after it
        if disk_full and not self._failed:
            self._fail(disk_full)
        if not self._failed:
            try:
                self._write_waiting()
                if closing:
                    self._finish()
            except OSError as error:
                self._fail(error.strerror or str(error))
            except VoxdeskError as error:
                self._fail(str(error))
            except Exception as error:
                log.exception("recording %s", self.path.name)
                self._fail(type(error).__name__)
        if closing:
            self._report()
        return closing

    def _opened(self) -> WavFile | SealedFile:
        if self._file is None:
            self._file = self._begun()
        return self._file

    def _begun(self) -> WavFile | SealedFile:
        """What an earlier process began goes on as it is."""
        sealed = sealed_path(self.path)
        plainly = self.path.exists() or (self._keys is None and not sealed.exists())
        if plainly:
            return WavFile(self.path, SAMPLE_RATE_HZ)
        if self._keys is None:
            raise RecordingLocked(f"{sealed.name} was begun sealed, and there are no keys now")
        self.path, plain = sealed, self.path
        try:
            return SealedFile(sealed, self.name, self._keys.ready(), SAMPLE_RATE_HZ)
        except BaseException:
            self.path = plain
            raise

    def _write_waiting(self) -> None:
        file = self._opened()
        while self._waiting:
            offset, pieces, length = self._waiting[0][0], [], 0
            while self._waiting and self._waiting[0][0] == offset + length:
                _, heard, sent = self._waiting.popleft()
                pieces.append(_stereo(heard, sent))
                length += len(heard)
            file.write(offset, np.concatenate(pieces))
        if self._paused:
            file.extend(self._end)

    def _finish(self) -> None:
        file = self._opened()
        file.extend(self._end)
        self._file = None
        file.close([marker for marker in self._markers if marker.offset <= self._end])

    def _fail(self, reason: str) -> None:
        self._failed = reason
        self._waiting.clear()
        self._end = 0
        if self._file is not None:
            try:
                self._file.abandon()
            except OSError:
                log.warning("recording %s: can't be closed properly", self.path.name)
            self._end = self._file.samples
            self._file = None
        log.error("recording %s stopped, the call goes on: %s", self.path.name, reason)
        if self._on_failure is not None:
            try:
                self._on_failure(reason)
            except Exception:
                log.exception("recording %s: its call could not be told", self.path.name)

    def _report(self) -> None:
        seconds = self._end / SAMPLE_RATE_HZ
        self._done.set_result(RecordingInfo(self.path, seconds, self._dropped, self._failed))


def _stereo(heard: Pcm, sent: Pcm | None) -> Stereo:
    frames = np.zeros((len(heard), 2), np.int16)
    frames[:, 0] = heard
    if sent is not None:
        length = min(len(heard), len(sent))
        frames[:length, 1] = sent[:length]
    return frames


class RecordingThread:
    """Writes the recordings of all calls of this process, below one folder."""

    def __init__(
        self,
        root: Path,
        *,
        min_free_bytes: int = MIN_FREE_BYTES,
        keys: KeyFile | None = None,
    ) -> None:
        """Start.

        Args:
            root: the folder.
            min_free_bytes: recording stops before the disk is so full that others suffer.
            keys: recordings are sealed with these; None: they are plain.
        """
        self._root = root
        self._keys = keys
        self._min_free_bytes = min_free_bytes
        self._wake = threading.Event()
        self._new: deque[Recorder] = deque()
        self._stopping = False
        self._looked_at_disk = -LOOK_AT_DISK_EVERY_S
        self._disk_full = ""
        self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
        self._thread.start()

    def open(
        self,
        call_id: CallId,
        started_at: datetime,
        *,
        on_failure: Callable[[str], None] | None = None,
        resume_ms: int = 0,
    ) -> Recorder:
        """Start to record a call. Never blocks; a disk that says no shows as a failure.

        Args:
            call_id: becomes the file's name.
            started_at: its UTC date becomes the folder's name.
            on_failure: called once with the reason, on the writing thread, when recording stops
                early; the call should go on.
            resume_ms: the file is there already, and goes on at this offset; silence stands for
                what is missing in between.
        """
        name = recording_path(call_id, started_at)
        recorder = Recorder(
            self._root / name,
            name,
            on_failure,
            self._wake,
            resume_ms=resume_ms,
            keys=self._keys,
        )
        self._new.append(recorder)
        self._wake.set()
        return recorder

    @property
    def trouble(self) -> str:
        """Why calls can't be recorded now; empty when they can."""
        return self._disk_trouble() or self._key_trouble()

    def _key_trouble(self) -> str:
        if self._keys is None:
            return ""
        try:
            self._keys.ready()
        except RecordingLocked as error:
            return str(error)
        return ""

    def close(self, timeout_s: float = 10.0) -> None:
        """Close every recording that is still open, and stop. Harmless twice."""
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            log.error("recordings: the disk kept us waiting; the last second may be missing")

    def _run(self) -> None:
        active: list[Recorder] = []
        while not self._stopping:
            self._wake.wait(VISIT_EVERY_S if active else None)
            self._wake.clear()
            while self._new:
                active.append(self._new.popleft())
            active = self._visit(active)
        for recorder in [*active, *self._new]:
            recorder.close()
            self._visit([recorder])

    def _visit(self, recorders: list[Recorder]) -> list[Recorder]:
        """Write for each of these; those that go on."""
        disk_full = self._look_at_disk() if recorders else ""
        return [one for one in recorders if not one.visit(disk_full=disk_full)]

    def _look_at_disk(self) -> str:
        if time.monotonic() - self._looked_at_disk < LOOK_AT_DISK_EVERY_S:
            return self._disk_full
        self._looked_at_disk = time.monotonic()
        self._disk_full = self._disk_trouble()
        return self._disk_full

    def _disk_trouble(self) -> str:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self._root).free
        except OSError as error:
            return error.strerror or str(error)
        if free >= self._min_free_bytes:
            return ""
        return f"only {free >> 20} MB are free on the disk of {self._root}"
