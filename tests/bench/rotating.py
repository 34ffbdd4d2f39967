"""How long a new master key takes: python -m tests.bench.rotating [--recordings 1000]

Recordings of ten seconds are sealed, every one is locked anew by a new key, and then each is read
to its end with the new key alone.
"""

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from recordings.keeping import Keeper
from recordings.library import RecordingLibrary, recording_path
from recordings.sealed.file import SealedFile, sealed_path
from recordings.sealed.keys import KeyFile
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.call import CallId

SECONDS: Final = 10
RESULTS: Final = Path("bench-results") / "rotating.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=int, default=1000)
    count = parser.parse_args().recordings
    sound = np.random.default_rng(1).integers(-9000, 9000, (SECONDS * SAMPLE_RATE_HZ, 2), np.int16)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "recordings"
        keys = KeyFile(Path(folder) / "keys", used=root / "KEYS")
        library = RecordingLibrary(root, keys=keys)
        ring = keys.ready()
        for number in range(count):
            name = recording_path(CallId(f"{number:012x}"), datetime(2026, 3, 1, tzinfo=UTC))
            file = SealedFile(sealed_path(root / name), name, ring, SAMPLE_RATE_HZ)
            file.write(0, sound)
            file.close()
        newest = keys.add()
        began = time.perf_counter()
        done = list(Keeper(library).lock_anew())
        rotating_s = time.perf_counter() - began
        lines = keys.path.read_text().splitlines()
        keys.path.write_text(next(x for x in lines if x.startswith(newest.id.hex())) + "\n")
        began = time.perf_counter()
        read = list(Keeper(RecordingLibrary(root, keys=keys)).check())
        checking_s = time.perf_counter() - began
    found = {
        "recordings": count,
        "locked_anew": sum(not one.trouble for one in done),
        "rotating_s": rotating_s,
        "whole_with_the_new_key_alone": sum(not one.trouble for one in read),
        "checking_s": checking_s,
    }
    for name, value in found.items():
        print(f"{name:32}{value:10.1f}" if isinstance(value, float) else f"{name:32}{value:10}")  # noqa: T201
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
