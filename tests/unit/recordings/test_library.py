"""Who reads recordings reads them by name, wherever and however they are kept."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from recordings.keeping import Keeper
from recordings.library import RecordingLibrary, recording_path
from recordings.sealed.keys import KeyFile
from recordings.sound import read_frames, sound_format
from recordings.wav_file import WavFile
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import AudioFormatError, RecordingMissing, RecordingUnreadable

pytestmark = pytest.mark.unit
STARTED = datetime(2025, 1, 31, 23, 30, tzinfo=UTC)
NAME = recording_path(CallId("a1b2c3"), STARTED)


def counting(frames: int) -> np.ndarray:
    return np.stack([np.arange(frames) % 30_000, -(np.arange(frames) % 30_000)], 1).astype(np.int16)


def keep(root: Path, name: str, frames: np.ndarray) -> None:
    file = WavFile(root / name, SAMPLE_RATE_HZ)
    file.write(0, frames)
    file.close()


@pytest.fixture(params=["plain", "sealed"])
def library(tmp_path: Path, request: pytest.FixtureRequest) -> RecordingLibrary:
    found = RecordingLibrary(tmp_path, keys=KeyFile(tmp_path / "keys", used=tmp_path / "KEYS"))
    keep(tmp_path, NAME, counting(3 * SAMPLE_RATE_HZ + 7))
    if request.param == "sealed":
        assert [one.trouble for one in Keeper(found).seal()] == [""]
    return found


def test_it_is_read_from_any_place(library: RecordingLibrary) -> None:
    with library.open(NAME) as file:
        whole = read_frames(file)
        part = read_frames(file, 20_000, 100)
        behind = read_frames(file, 10**9, 5)
    assert (whole == counting(3 * SAMPLE_RATE_HZ + 7)).all()
    assert (part == whole[20_000:20_100]).all()
    assert len(behind) == 0


def test_its_bytes_are_a_wav_file_s_wherever_one_seeks(library: RecordingLibrary) -> None:
    with library.open(NAME) as file:
        whole = file.read()
        assert whole[:4] == b"RIFF"
        assert file.seek(-5, 2) == len(whole) - 5
        assert file.read() == whole[-5:]
        file.seek(44)
        assert file.read(1001) == whole[44:1045]
        assert file.tell() == 1045
        assert file.read(0) == b""
    assert library.info(NAME).size_bytes == len(whole)


def test_what_is_known_of_it(library: RecordingLibrary) -> None:
    info = library.info(NAME)
    assert (info.call_id, info.name, info.day) == ("a1b2c3", NAME, date(2025, 1, 31))
    assert info.seconds == pytest.approx(3, abs=0.01)
    assert list(library.stored()) == [info]
    assert list(library.stored(since=date(2025, 2, 1))) == []


def test_deleted_it_is_gone(library: RecordingLibrary) -> None:
    assert library.delete(NAME)
    assert not library.delete(NAME)
    assert list(library.stored()) == []
    with pytest.raises(RecordingMissing, match="there is no recording 2025/01/31/a1b2c3"):
        library.open(NAME)


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../secret.wav", "2025/01/31", "2025/01/31/\0.wav", "a" * 5000]
)
def test_no_name_leads_out_of_the_folder(library: RecordingLibrary, name: str) -> None:
    (library.root.parent / "secret.wav").write_bytes(b"RIFF")
    with pytest.raises(RecordingMissing):
        library.open(name)
    with pytest.raises(RecordingMissing):
        library.info(name)
    assert not library.delete(name)
    assert (library.root.parent / "secret.wav").exists()


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"not a sound, but long enough for a header " * 9]
)
def test_an_empty_or_foreign_file_is_told_as_such_and_does_not_hide_the_others(
    library: RecordingLibrary, content: bytes
) -> None:
    bad = "2025/01/31/bad.wav"
    (library.root / bad).write_bytes(content)
    with pytest.raises(RecordingUnreadable, match=bad):
        library.info(bad)
    assert {one.name: one.seconds > 0 for one in library.stored()} == {NAME: True, bad: False}


def test_a_cut_recording_is_read_up_to_where_it_ends(library: RecordingLibrary) -> None:
    path = library.folder.find(NAME)
    assert path is not None
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    seconds = library.info(NAME).seconds
    assert 0.7 < seconds < 1.1
    with library.open(NAME) as file:
        assert len(read_frames(file)) == round(seconds * SAMPLE_RATE_HZ)


def test_sound_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "float.wav"
    path.write_bytes(
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\3\0\1\0\x80\x3e\0\0\0\xfa\0\0\4\0\x20\0data\0\0\0\0"
    )
    with path.open("rb") as file, pytest.raises(AudioFormatError, match="16-bit"):
        sound_format(file)
