"""A process that is killed leaves a recording that plays."""

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import soundfile

from recordings.library import RecordingLibrary, Wholeness
from recordings.sealed.keys import KeyFile
from recordings.sound import read_frames
from recordings.wav import HEADER_BYTES, header
from recordings.wav_file import repair
from voxdesk.kernel.audio import SAMPLE_RATE_HZ

pytestmark = pytest.mark.integration

RECORD_IN_REAL_TIME = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
import numpy as np
from recordings.recorder import RecordingThread
from recordings.sealed.keys import KeyFile
from voxdesk.kernel.audio import AudioFrame

root = Path(sys.argv[1])
keys = KeyFile(root / "keys", used=root / "KEYS") if sys.argv[2] == "sealed" else None
recorder = RecordingThread(root, min_free_bytes=0, keys=keys).open(
    "killed", datetime(2025, 1, 2, tzinfo=UTC))
started = time.monotonic()
for number in range(10_000):
    time.sleep(max(0, started + number * 0.02 - time.monotonic()))
    recorder.add(AudioFrame(np.full(320, 1000, np.int16), number * 320), None)
    print((number + 1) * 320, flush=True)
"""


@pytest.mark.parametrize("how", ["plain", "sealed"])
def test_it_plays_up_to_its_last_second(tmp_path: Path, how: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RECORD_IN_REAL_TIME, str(tmp_path), how], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        added = 0
        while added < 2.5 * SAMPLE_RATE_HZ:
            line = child.stdout.readline()
            assert line, "the child died by itself"
            added = int(line)
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split()
        added = int(rest[-1]) if rest else added

    library = RecordingLibrary(tmp_path, keys=KeyFile(tmp_path / "keys", used=tmp_path / "KEYS"))
    (name,) = library.names()
    for _ in ("as it was left", "mended"):
        with library.open(name) as file:
            audio = read_frames(file)
        assert len(audio) >= added - SAMPLE_RATE_HZ
        assert (audio[:, 0] == 1000).all()
        library.repair()
    assert library.info(name).sealed == (how == "sealed")


def _torn(path: Path, promised_s: float, real_s: float, tail: bytes = b"") -> None:
    samples = int(real_s * SAMPLE_RATE_HZ)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        header(int(promised_s * SAMPLE_RATE_HZ) * 4, SAMPLE_RATE_HZ) + b"\1\0\2\0" * samples + tail
    )


def test_repair_finds_what_was_written_behind_the_header(tmp_path: Path) -> None:
    path = tmp_path / "2025/01/02/torn.wav"
    _torn(path, promised_s=1.0, real_s=1.5, tail=b"\1\0\2")
    assert RecordingLibrary(tmp_path).repair() == ["2025/01/02/torn.wav"]
    assert soundfile.info(path).frames == 1.5 * SAMPLE_RATE_HZ
    assert path.stat().st_size == HEADER_BYTES + 1.5 * SAMPLE_RATE_HZ * 4
    assert RecordingLibrary(tmp_path).repair() == []


def test_repair_drops_half_written_markers(tmp_path: Path) -> None:
    path = tmp_path / "2025/01/02/torn.wav"
    _torn(path, promised_s=1.0, real_s=1.0, tail=b"cue \x1c\0\0")
    assert repair(path) == 1.0
    assert path.stat().st_size == HEADER_BYTES + SAMPLE_RATE_HZ * 4


def test_repair_believes_the_disk_more_than_the_header(tmp_path: Path) -> None:
    path = tmp_path / "2025/01/02/torn.wav"
    _torn(path, promised_s=3.0, real_s=1.0)
    assert repair(path) == 1.0
    assert soundfile.info(path).frames == SAMPLE_RATE_HZ


def test_repair_looks_only_at_recordings_of_these_days(tmp_path: Path) -> None:
    old, new = tmp_path / "2025/01/02/old.wav", tmp_path / "2025/01/03/new.wav"
    for path in (old, new, tmp_path / "2025/99/99/odd.wav"):
        _torn(path, promised_s=1.0, real_s=1.5)
    assert RecordingLibrary(tmp_path).repair(since=date(2025, 1, 3)) == ["2025/01/03/new.wav"]
    assert RecordingLibrary(tmp_path).repair() == ["2025/01/02/old.wav"]


def test_repair_leaves_other_files_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_bytes(b"not a recording at all, though long enough for a header to be in it")
    before = path.read_bytes()
    assert repair(path) is None
    assert path.read_bytes() == before


FILL_THE_DISK = """
import resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
import numpy as np
from recordings.recorder import RecordingThread
from recordings.sealed.keys import KeyFile
from voxdesk.kernel.audio import AudioFrame

root = Path(sys.argv[1])
keys = KeyFile(root / "keys", used=root / "KEYS") if sys.argv[2] == "sealed" else None
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, -1))  # no file grows beyond that
thread = RecordingThread(root, min_free_bytes=0, keys=keys)
reasons = []
recorder = thread.open("full", datetime(2025, 1, 2, tzinfo=UTC), on_failure=reasons.append)
number, deadline = 0, time.monotonic() + 30
while not reasons and time.monotonic() < deadline:
    recorder.add(AudioFrame(np.full(320, 1000, np.int16), number * 320), None)
    number += 1
    time.sleep(0.0005)
info = recorder.close().result(10)
print(len(reasons), info.failed == reasons[0], info.seconds)
"""


@pytest.mark.parametrize("how", ["plain", "sealed"])
def test_what_was_recorded_before_the_disk_was_full_still_plays(tmp_path: Path, how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, str(tmp_path), how],
        capture_output=True,
        timeout=50,
        check=True,
        text=True,
    )
    told, same, seconds = done.stdout.split()
    assert (told, same) == ("1", "True")
    library = RecordingLibrary(tmp_path, keys=KeyFile(tmp_path / "keys", used=tmp_path / "KEYS"))
    (name,) = library.names()
    with library.open(name) as file:
        audio = read_frames(file)
    assert len(audio) == pytest.approx(float(seconds) * SAMPLE_RATE_HZ)
    assert library.info(name).wholeness is not Wholeness.UNFINISHED
    assert (audio[:, 0] == 1000).all()
    assert len(audio) > 0
