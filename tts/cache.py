"""Prompts that were said before: a little memory in front of a folder of WAV files.

A file's name is the hash of what it says, by whom, in which language and format, so nothing is
ever stale; its content carries its own checksum, so a damaged file is simply made again. Texts
with a person's data never come here: whoever calls decides (`sensitive`).
"""

import contextlib
import hashlib
import json
import logging
import os
import struct
import tempfile
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm

log = logging.getLogger(__name__)

_FORMAT = f"pcm_s16le/{SAMPLE_RATE_HZ}/1"
# RIFF, size, WAVE; fmt chunk; our "chck" chunk (players skip it); data chunk's header.
_HEAD = struct.Struct("<4sI4s 4sIHHIIHH 4sI32s 4sI")
_PCM_FORMAT = 1
_SHRINK_TO = 0.9  # of the cap, so that not every write pays for the sweep
_ABANDONED_AFTER_S = 3600.0


@dataclass(frozen=True, slots=True)
class PromptKey:
    """What makes a prompt the same prompt.

    Attributes:
        voice: `Synthesizer.name`, which holds the version.
        language: BCP 47.
        text: one sentence, already normalized for speech.
    """

    voice: str
    language: str
    text: str

    @property
    def digest(self) -> str:
        """Hex name of the file."""
        parts = json.dumps([self.voice, self.language, self.text, _FORMAT], ensure_ascii=True)
        return hashlib.sha256(parts.encode()).hexdigest()


class PromptCache:
    """Finished prompts. Thread-safe; several processes may share the folder.

    Args:
        folder: where the WAV files go; None keeps memory only. Made when needed.
        max_disk_bytes: the least recently used files go when it is exceeded.
        max_memory_bytes: of samples kept in memory.

    A disk that is full or read-only costs speed, never a call: prompts are then made each time.

    Attributes:
        trouble: why the last prompt could not be kept on disk; empty when it could.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        max_disk_bytes: int = 512 * 1024 * 1024,
        max_memory_bytes: int = 32 * 1024 * 1024,
    ) -> None:
        self.folder = folder
        self._max_disk_bytes = max_disk_bytes
        self._max_memory_bytes = max_memory_bytes
        self.trouble = ""
        self._lock = threading.Lock()
        self._memory: OrderedDict[str, Pcm] = OrderedDict()
        self._memory_bytes = 0
        self._disk_bytes: int | None = None  # counted at the first write

    def peek(self, key: PromptKey) -> Pcm | None:
        """From memory only: safe on the event loop. The samples are read-only."""
        with self._lock:
            pcm = self._memory.get(key.digest)
            if pcm is not None:
                self._memory.move_to_end(key.digest)
            return pcm

    def get(self, key: PromptKey) -> Pcm | None:
        """From memory or disk (blocking); None if it has to be made. The samples are read-only."""
        pcm = self.peek(key)
        if pcm is not None or self.folder is None:
            return pcm
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        pcm = _decode(data)
        if pcm is None:
            self._forget(path, len(data))
            return None
        with contextlib.suppress(OSError):  # a folder shared read-only stays as it is
            os.utime(path)  # the file's time is its last use
        self._remember(key, pcm)
        return pcm

    def put(self, key: PromptKey, pcm: Pcm, *, on_disk: bool = True) -> None:
        """Keep a finished prompt (blocking). What belongs to one caller is not kept `on_disk`."""
        if not len(pcm):
            return
        self._remember(key, pcm)
        if self.folder is None or not on_disk:
            return
        data = _encode(pcm)
        try:
            _write_atomically(self._path(key), data)
            self._grow(len(data))
        except OSError as error:  # see the class: costs speed, never a call
            if not self.trouble:
                log.warning("prompts can't be kept in %s: %s", self.folder, error.strerror)
            self.trouble = error.strerror or str(error)
        else:
            self.trouble = ""

    def _path(self, key: PromptKey) -> Path:
        digest = key.digest
        folder = self.folder
        if folder is None:
            raise ValueError("a cache without a folder has no paths")
        return folder / digest[:2] / f"{digest}.wav"

    def _remember(self, key: PromptKey, pcm: Pcm) -> None:
        kept = pcm.view()
        kept.flags.writeable = False
        with self._lock:
            old = self._memory.pop(key.digest, None)
            self._memory_bytes += kept.nbytes - (old.nbytes if old is not None else 0)
            self._memory[key.digest] = kept
            while self._memory_bytes > self._max_memory_bytes and self._memory:
                _, dropped = self._memory.popitem(last=False)
                self._memory_bytes -= dropped.nbytes

    def _forget(self, path: Path, size: int) -> None:
        with self._lock:
            if self._disk_bytes is not None:
                self._disk_bytes -= size
        with contextlib.suppress(OSError):  # else it will be written over
            path.unlink(missing_ok=True)

    def _grow(self, size: int) -> None:
        with self._lock:
            known = self._disk_bytes
            if known is not None:
                self._disk_bytes = known + size
                if self._disk_bytes <= self._max_disk_bytes:
                    return
        total = self._sweep()
        with self._lock:
            self._disk_bytes = total

    def _sweep(self) -> int:
        """Count the files; delete the least recently used ones if they are too many bytes."""
        files: list[tuple[float, int, Path]] = []
        if self.folder is not None:
            _drop_abandoned(self.folder)
            for path in self.folder.glob("??/*.wav"):
                try:
                    status = path.stat()
                except OSError:
                    continue  # another process swept it
                files.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in files)
        if total <= self._max_disk_bytes:
            return total
        for _, size, path in sorted(files):
            if total <= self._max_disk_bytes * _SHRINK_TO:
                break
            try:
                path.unlink(missing_ok=True)
            except OSError:
                continue
            total -= size
        return total


def _drop_abandoned(folder: Path) -> None:
    """Parts of files whose writer was killed."""
    for part in folder.glob("??/*.part"):
        try:
            if time.time() - part.stat().st_mtime > _ABANDONED_AFTER_S:
                part.unlink(missing_ok=True)
        except OSError:
            continue


def _encode(pcm: Pcm) -> bytes:
    body = pcm.astype("<i2", copy=False).tobytes()
    head = _HEAD.pack(
        *(b"RIFF", _HEAD.size - 8 + len(body), b"WAVE"),
        *(b"fmt ", 16, _PCM_FORMAT, 1, SAMPLE_RATE_HZ, SAMPLE_RATE_HZ * 2, 2, 16),
        *(b"chck", 32, hashlib.sha256(body).digest()),
        *(b"data", len(body)),
    )
    return head + body


def _decode(data: bytes) -> Pcm | None:
    """The samples, or None for anything that isn't exactly what was written."""
    if len(data) < _HEAD.size:
        return None
    fields = _HEAD.unpack_from(data)
    body = memoryview(data)[_HEAD.size :]
    checksum, length = fields[-3], fields[-1]
    if fields[0] != b"RIFF" or length != len(body):
        return None
    if hashlib.sha256(body).digest() != checksum:
        return None
    return np.frombuffer(body, "<i2").astype(np.int16)


def _write_atomically(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
