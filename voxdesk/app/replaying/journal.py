"""What was heard so far in a replay by ear, so that one that was stopped goes on where it was.

It holds words of callers: only its owner may read it, it goes away when the replay is complete, and
one that nobody went on with goes away after some days.
"""

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any, Final

from voxdesk.kernel.errors import SettingsError
from voxdesk.kernel.speech import Expectation, Hypothesis, Transcript

FORGOTTEN_AFTER_S: Final = 7 * 24 * 3600.0
MAX_BYTES: Final = 256 << 20
Key = tuple[str, int, str]


class Journal:
    """One file below a folder, for one flow and recognizer."""

    def __init__(self, folder: Path, flow: str, recognizer: str) -> None:
        """Read what an earlier run heard.

        Raises:
            SettingsError: the folder can't be written to.
        """
        mark = hashlib.sha256(f"{flow}\0{recognizer}".encode()).hexdigest()[:12]
        self._path = folder / f"{mark}.jsonl"
        self._heard: dict[Key, Transcript] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _forget_old(folder)
            self._read()
            fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise SettingsError(f"{folder}: can't be written to: {error.strerror}") from error
        self._file = os.fdopen(fd, "a", encoding="utf-8")
        self.found = len(self._heard)

    def get(self, call_id: str, at_ms: int, expected: Expectation) -> Transcript | None:
        """What was heard at that place with this expectation."""
        return self._heard.get((call_id, at_ms, _mark(expected)))

    def put(self, call_id: str, at_ms: int, expected: Expectation, heard: Transcript) -> None:
        """Remember it. A full disk costs only the going on."""
        mark = _mark(expected)
        self._heard[call_id, at_ms, mark] = heard
        line = {
            "call": call_id,
            "at": at_ms,
            "for": mark,
            "engine": heard.engine,
            "n_best": [[one.text, one.confidence] for one in heard.hypotheses],
        }
        with contextlib.suppress(OSError):
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()

    def close(self, *, complete: bool) -> None:
        """Nothing more is heard; a complete replay needs it no more."""
        with contextlib.suppress(OSError):
            self._file.close()
            if complete:
                self._path.unlink()

    def _read(self) -> None:
        if not self._path.exists() or self._path.stat().st_size > MAX_BYTES:
            self._path.unlink(missing_ok=True)
            return
        with self._path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                with contextlib.suppress(ValueError, KeyError, TypeError):  # the last may be torn
                    key, heard = _entry(json.loads(line))
                    self._heard[key] = heard


def _entry(data: dict[str, Any]) -> tuple[Key, Transcript]:
    hypotheses = tuple(Hypothesis(str(text), float(sure)) for text, sure in data["n_best"])
    key = str(data["call"]), int(data["at"]), str(data["for"])
    return key, Transcript(hypotheses, engine=str(data["engine"]))


def _mark(expected: Expectation) -> str:
    return hashlib.sha256(repr(expected).encode()).hexdigest()[:16]


def _forget_old(folder: Path) -> None:
    for path in folder.glob("*.jsonl"):
        if path.stat().st_mtime < time.time() - FORGOTTEN_AFTER_S:
            path.unlink(missing_ok=True)
