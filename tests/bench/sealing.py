"""What sealing recordings costs: `python -m tests.bench.sealing`. Prints a table and JSON."""

import json
import tempfile
import time
from pathlib import Path

import numpy as np

from recordings.library import RecordingLibrary
from recordings.sealed.file import SealedFile, sealed_path
from recordings.sealed.keys import KeyFile
from recordings.sound import read_frames
from recordings.wav_file import WavFile

RATE_HZ = 16_000
MINUTES = 30
VISIT_FRAMES = RATE_HZ // 4  # what the recording thread writes at once
NAME = "2025/01/02/bench.wav"


def main() -> None:
    """Write and read a long call plainly and sealed; CPU time, a minute of call."""
    visit = np.random.default_rng(1).integers(-9000, 9000, (VISIT_FRAMES, 2), np.int16)
    visits = MINUTES * 60 * RATE_HZ // VISIT_FRAMES
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        keys = KeyFile(root / "keys", used=root / "KEYS")
        ring, library = keys.ready(), RecordingLibrary(root, keys=keys)
        for how in ("plain", "sealed"):
            began = time.process_time()
            path = root / NAME
            file = (
                WavFile(path, RATE_HZ)
                if how == "plain"
                else SealedFile(sealed_path(path), NAME, ring, RATE_HZ)
            )
            for number in range(visits):
                file.write(number * VISIT_FRAMES, visit)
            file.close()
            found[f"{how}: write, ms of CPU a minute"] = _ms(began) / MINUTES
            began = time.process_time()
            with library.open(NAME) as sound:
                read_frames(sound)
            found[f"{how}: read all, ms of CPU a minute"] = _ms(began) / MINUTES
            began = time.perf_counter()
            with library.open(NAME) as sound:
                read_frames(sound, 25 * 60 * RATE_HZ, RATE_HZ)
            found[f"{how}: one second at 25:00, ms"] = (time.perf_counter() - began) * 1000
            if how == "plain":
                path.unlink()
    for name, value in found.items():
        print(f"{name:45} {value:8.2f}")  # noqa: T201
    print(json.dumps(found))  # noqa: T201


def _ms(began: float) -> float:
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    main()
