"""A sealed recording: what its reader gets, and what whoever meddles with it gets."""

import io
import os
import resource
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.keeping import Keeper
from recordings.library import RecordingLibrary, Wholeness, recording_path
from recordings.places import Folder
from recordings.recorder import RecordingThread
from recordings.sealed.file import SealedFile, mend, sealed_path
from recordings.sealed.keys import KeyFile
from recordings.sealed.layout import CHUNK_BYTES, HEADER_BYTES, OVERHEAD_BYTES
from recordings.sound import read_frames
from recordings.wav import Marker
from recordings.wav_file import WavFile
from voxdesk.kernel.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import RecordingLocked, RecordingMissing, RecordingUnreadable

pytestmark = pytest.mark.unit
STARTED = datetime(2025, 1, 31, 12, tzinfo=UTC)
NAME = recording_path(CallId("a1b2c3"), STARTED)
OTHER = recording_path(CallId("d4e5f6"), STARTED)
SLOT = CHUNK_BYTES + OVERHEAD_BYTES


def noise(frames: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(-9000, 9000, (frames, 2), np.int16)


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    made = KeyFile(tmp_path / "keys" / "recordings.keys", used=tmp_path / "recordings" / "KEYS")
    made.ready()
    return made


@pytest.fixture
def library(tmp_path: Path, keys: KeyFile) -> RecordingLibrary:
    return RecordingLibrary(tmp_path / "recordings", keys=keys)


def keep(library: RecordingLibrary, name: str, frames: np.ndarray, *, close: bool = True) -> Path:
    assert library.keys is not None
    path = sealed_path(library.root / name)
    file = SealedFile(path, name, library.keys.ring(), SAMPLE_RATE_HZ)
    for first in range(0, len(frames), 4000):
        file.write(first, frames[first : first + 4000])
    if close:
        file.close([Marker(10, "greet")])
    return path


def heard(library: RecordingLibrary, name: str = NAME) -> np.ndarray:
    with library.open(name) as file:
        return read_frames(file)


def test_it_reads_like_the_plain_one(library: RecordingLibrary, tmp_path: Path) -> None:
    frames = noise(5 * SAMPLE_RATE_HZ + 13)
    path = keep(library, NAME, frames)
    plain = WavFile(tmp_path / "plain.wav", SAMPLE_RATE_HZ)
    plain.write(0, frames)
    plain.close([Marker(10, "greet")])
    whole = (tmp_path / "plain.wav").read_bytes()

    with library.open(NAME) as file:
        assert file.read() == whole
        for start, count in ((0, 10), (40, 10), (44, 1), (20_000, 90_000), (len(whole) - 3, 9)):
            file.seek(start)
            assert file.read(count) == whole[start : start + count]
    info = library.info(NAME)
    assert (info.sealed, info.wholeness, info.size_bytes) == (True, Wholeness.WHOLE, len(whole))
    assert info.seconds == len(frames) / SAMPLE_RATE_HZ
    assert list(library.stored()) == [info]
    raw = path.read_bytes()
    assert b"RIFF" not in raw
    assert b"greet" not in raw
    assert all(whole[at : at + 16] not in raw for at in range(44, 4000, 100))


@settings(max_examples=60, deadline=None)
@given(
    pieces=st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 9000)), max_size=6),
    resumed=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_whatever_is_written_when_and_by_how_many_processes_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[int, int]], resumed: list[bool]
) -> None:
    root = tmp_path_factory.mktemp("sealed")
    keys = KeyFile(root / "keys", used=root / "KEYS")
    library = RecordingLibrary(root, keys=keys)
    path = sealed_path(root / NAME)
    expected = np.zeros((0, 2), np.int16)
    file = SealedFile(path, NAME, keys.ready(), SAMPLE_RATE_HZ)
    for number, (gap, length) in enumerate(pieces):
        frames = noise(length, number)
        file.write(len(expected) + gap, frames)
        expected = np.concatenate([expected, np.zeros((gap, 2), np.int16), frames])
        if resumed[number]:
            file.close([Marker(0, "a part " * 50)])
            file = SealedFile(path, NAME, keys.ring(), SAMPLE_RATE_HZ)
            assert file.samples == len(expected)
    file.close()
    assert (heard(library) == expected).all()
    assert library.info(NAME).wholeness is Wholeness.WHOLE


def test_a_call_in_progress_can_be_heard_up_to_a_moment_ago(library: RecordingLibrary) -> None:
    frames = noise(2 * SAMPLE_RATE_HZ)
    keep(library, NAME, frames, close=False)
    found = heard(library)
    assert len(frames) - len(found) <= CHUNK_BYTES // 4
    assert (found == frames[: len(found)]).all()
    assert library.info(NAME).wholeness is Wholeness.UNFINISHED


@pytest.mark.parametrize("torn", [1, 30, SLOT - 1])
def test_a_dead_writer_s_recording_is_mended_and_says_so(
    library: RecordingLibrary, torn: int
) -> None:
    frames = noise(2 * SAMPLE_RATE_HZ)
    path = keep(library, NAME, frames, close=False)
    with path.open("ab") as file:
        file.write(os.urandom(torn))
    assert library.repair() == [NAME]
    assert library.repair() == []
    assert library.info(NAME).wholeness is Wholeness.MENDED
    assert (heard(library) == frames).all()


def test_a_dead_writer_s_recording_goes_on(library: RecordingLibrary, keys: KeyFile) -> None:
    frames = noise(3 * SAMPLE_RATE_HZ)
    path = keep(library, NAME, frames[: 2 * SAMPLE_RATE_HZ], close=False)
    with path.open("ab") as torn:
        torn.write(os.urandom(100))
    file = SealedFile(path, NAME, keys.ring(), SAMPLE_RATE_HZ)
    file.write(file.samples, frames[file.samples :])
    file.close()
    assert (heard(library) == frames).all()
    assert library.info(NAME).wholeness is Wholeness.WHOLE


def flip(place: int) -> Callable[[bytes], bytes]:
    return lambda raw: raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def swap_slots(raw: bytes) -> bytes:
    one, two = HEADER_BYTES, HEADER_BYTES + SLOT
    return raw[:one] + raw[two : two + SLOT] + raw[one:two] + raw[two + SLOT :]


MEDDLING = {
    "a bit of the magic": flip(0),
    "the file's id": flip(15),
    "the rate": flip(30),
    "the nonce of its key": flip(46),
    "its wrapped key": flip(60),
    "flags of a slot": flip(HEADER_BYTES),
    "length of a slot": flip(HEADER_BYTES + 7),
    "a nonce": flip(HEADER_BYTES + 17),
    "a sample": flip(HEADER_BYTES + 100),
    "a tag": flip(HEADER_BYTES + SLOT - 1),
    "slots in another order": swap_slots,
    "a slot left out": lambda raw: raw[:HEADER_BYTES] + raw[HEADER_BYTES + SLOT :],
    "a slot twice": lambda raw: raw[: HEADER_BYTES + SLOT] + raw[HEADER_BYTES:],
    "nothing but a header": lambda raw: raw[:100],
    "nothing at all": lambda _: b"",
}


@pytest.mark.parametrize("what", MEDDLING)
def test_whatever_was_changed_is_noticed_and_not_played(
    library: RecordingLibrary, what: str
) -> None:
    path = keep(library, NAME, noise(2 * SAMPLE_RATE_HZ + 100))
    path.write_bytes(MEDDLING[what](path.read_bytes()))
    with pytest.raises(RecordingUnreadable, match="a1b2c3"):
        heard(library)
    (done,) = Keeper(library).check()
    assert done.trouble


@pytest.mark.parametrize("left", [HEADER_BYTES, HEADER_BYTES + SLOT, HEADER_BYTES + SLOT + 50])
def test_a_cut_one_is_known_as_cut(library: RecordingLibrary, left: int) -> None:
    path = keep(library, NAME, noise(2 * SAMPLE_RATE_HZ))
    path.write_bytes(path.read_bytes()[:left])
    assert library.info(NAME).wholeness is Wholeness.UNFINISHED
    (done,) = Keeper(library).check()
    assert "cut" in done.trouble


def test_slots_of_another_recording_do_not_fit(library: RecordingLibrary) -> None:
    path = keep(library, NAME, noise(2 * SAMPLE_RATE_HZ))
    other = keep(library, OTHER, noise(2 * SAMPLE_RATE_HZ, 2))
    mixed = path.read_bytes()[: HEADER_BYTES + SLOT] + other.read_bytes()[HEADER_BYTES + SLOT :]
    path.write_bytes(mixed)
    with pytest.raises(RecordingUnreadable):
        heard(library)


def test_one_recording_does_not_pass_for_another(library: RecordingLibrary) -> None:
    path = keep(library, NAME, noise(SAMPLE_RATE_HZ))
    path.rename(sealed_path(library.root / OTHER))
    with pytest.raises(RecordingLocked, match="another recording"):
        heard(library, OTHER)


# ------------------------------------------------------------------------------------------- keys


def test_a_key_file_is_its_owner_s_alone_and_is_made_once(keys: KeyFile) -> None:
    assert keys.path.stat().st_mode & 0o777 == 0o600
    before = keys.path.read_bytes()
    keys.ready()
    assert keys.path.read_bytes() == before


def test_many_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys", used=tmp_path / "KEYS")
    found: list[bytes] = []
    starts = [
        threading.Thread(target=lambda: found.append(file.ready().current.id)) for _ in range(8)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join(10)
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_lost_key_file_is_told_and_never_replaced_by_itself(
    library: RecordingLibrary, keys: KeyFile
) -> None:
    keep(library, NAME, noise(SAMPLE_RATE_HZ))
    aside = keys.path.rename(keys.path.with_name("copy"))
    for look in (lambda: library.open(NAME), keys.ready):
        with pytest.raises(RecordingLocked, match=r"recordings\.keys, is missing: put it back"):
            look()
    assert not keys.path.exists()
    (stored,) = library.stored()
    assert "is missing" in stored.trouble
    aside.rename(keys.path)
    assert len(heard(library)) == SAMPLE_RATE_HZ


def test_a_recording_of_another_key_names_the_key_that_is_missing(
    library: RecordingLibrary, keys: KeyFile
) -> None:
    keep(library, NAME, noise(SAMPLE_RATE_HZ))
    old = keys.ring().current.id.hex()
    keys.path.unlink()
    keys.add()
    with pytest.raises(RecordingLocked, match=f"key {old}, which is not in"):
        library.open(NAME)


@pytest.mark.parametrize(
    "text", ["", "no key\n", "0011 2025-01-01 AAAA\n", "x 2025-01-01 !!!\n", "\xff\xfe"]
)
def test_a_spoilt_key_file_says_where(keys: KeyFile, text: str) -> None:
    keys.path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RecordingLocked, match=r"recordings\.keys"):
        keys.ring()


def test_a_mistyped_key_is_noticed(keys: KeyFile) -> None:
    name, day, secret = keys.path.read_text().splitlines()[-1].split()
    wrong = ("B" if secret[0] == "A" else "A") + secret[1:]
    keys.path.write_text(f"# copied by hand\n{name} {day} {wrong}\n")
    with pytest.raises(RecordingLocked, match=r"recordings\.keys:2  this isn't the key"):
        keys.ring()


def test_after_a_new_key_old_ones_open_what_they_locked_until_all_is_locked_anew(
    library: RecordingLibrary, keys: KeyFile
) -> None:
    frames = noise(SAMPLE_RATE_HZ)
    path = keep(library, NAME, frames)
    sound = path.read_bytes()[HEADER_BYTES:]
    keys.add()
    keep(library, OTHER, frames)
    assert (heard(library) == frames).all()

    assert [(one.name, one.trouble) for one in Keeper(library).lock_anew()] == [(NAME, "")]
    assert list(Keeper(library).lock_anew()) == []

    newest = keys.path.read_text().splitlines()[2]
    keys.path.write_text(newest + "\n")
    assert (heard(library) == frames).all()
    assert path.read_bytes()[HEADER_BYTES:] == sound


# ---------------------------------------------------------------------------- plain ones, deleting


def test_old_plain_recordings_are_read_and_sealed_later(library: RecordingLibrary) -> None:
    frames = noise(SAMPLE_RATE_HZ + 5)
    plain = WavFile(library.root / NAME, SAMPLE_RATE_HZ)
    plain.write(0, frames)
    plain.close([Marker(3, "greet")])
    whole = (library.root / NAME).read_bytes()
    (library.root / OTHER).write_bytes(b"")
    assert (heard(library) == frames).all()

    done = {one.name: one.trouble for one in Keeper(library).seal()}

    assert done[NAME] == ""
    assert done[OTHER]
    assert not (library.root / NAME).exists()
    assert (library.root / OTHER).exists()
    with library.open(NAME) as file:
        assert file.read() == whole


@pytest.fixture
def full_disk() -> Iterator[Callable[[int], None]]:
    """No file may grow beyond so many bytes: to a writer the same as a disk without room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda left: resource.setrlimit(resource.RLIMIT_FSIZE, (left, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_gets_full_while_sealing_leaves_the_plain_one_whole_and_no_half_one(
    library: RecordingLibrary, full_disk: Callable[[int], None]
) -> None:
    frames = noise(4 * SAMPLE_RATE_HZ)
    plain = WavFile(library.root / NAME, SAMPLE_RATE_HZ)
    plain.write(0, frames)
    plain.close()
    full_disk(2 * SLOT)

    (done,) = Keeper(library).seal()

    assert "make room" in done.trouble
    assert [path.name for path in (library.root / NAME).parent.iterdir()] == [Path(NAME).name]
    assert (heard(library) == frames).all()
    full_disk(resource.RLIM_INFINITY)
    assert [one.trouble for one in Keeper(library).seal()] == [""]
    assert (heard(library) == frames).all()


def test_a_disk_that_gets_full_in_a_call_leaves_what_was_sealed_readable(
    library: RecordingLibrary, keys: KeyFile, full_disk: Callable[[int], None]
) -> None:
    frames = noise(SAMPLE_RATE_HZ)
    file = SealedFile(sealed_path(library.root / NAME), NAME, keys.ring(), SAMPLE_RATE_HZ)
    file.write(0, frames)
    full_disk(HEADER_BYTES + 5 * SLOT)
    with pytest.raises(OSError, match="too large"):
        file.write(SAMPLE_RATE_HZ, noise(4 * SAMPLE_RATE_HZ))
    full_disk(resource.RLIM_INFINITY)
    found = heard(library)
    assert (found[:SAMPLE_RATE_HZ] == frames).all()
    assert library.info(NAME).wholeness is Wholeness.UNFINISHED


def test_a_rotation_that_was_cut_off_is_finished_by_saying_it_again(
    library: RecordingLibrary, keys: KeyFile
) -> None:
    frames = noise(100)
    for name in (NAME, OTHER):
        keep(library, name, frames)
    keys.add()
    begun = Keeper(library).lock_anew()
    next(begun)
    begun.close()  # type: ignore[attr-defined]
    for name in (NAME, OTHER):
        assert (heard(library, name) == frames).all(), "by the new key and by the old one"
    assert len(list(Keeper(library).lock_anew())) == 1


def test_what_is_put_is_sealed(library: RecordingLibrary, tmp_path: Path) -> None:
    plain = WavFile(tmp_path / "upload.wav", SAMPLE_RATE_HZ)
    plain.write(0, noise(500))
    plain.close()
    with (tmp_path / "upload.wav").open("rb") as source:
        Keeper(library).put(NAME, source)
    assert library.info(NAME).sealed
    assert (heard(library) == noise(500)).all()


def test_deleting_destroys_the_key_first(library: RecordingLibrary, tmp_path: Path) -> None:
    path = keep(library, NAME, noise(SAMPLE_RATE_HZ))
    os.link(path, tmp_path / "somebody kept the file")
    assert library.delete(NAME)
    with pytest.raises(RecordingMissing):
        library.open(NAME)
    os.link(tmp_path / "somebody kept the file", path)
    with pytest.raises(RecordingUnreadable):
        library.open(NAME)


def test_half_sealed_files_are_no_recordings(library: RecordingLibrary) -> None:
    path = sealed_path(library.root / NAME)
    path.parent.mkdir(parents=True)
    path.with_name(f".{path.name}.new").write_bytes(b"half")
    assert list(library.names()) == []
    assert Folder(library.root).find(NAME) is None


# ------------------------------------------------------------------------------------ being written


def test_nothing_plain_is_ever_on_disk(library: RecordingLibrary, keys: KeyFile) -> None:
    thread = RecordingThread(library.root, min_free_bytes=0, keys=keys)
    recorder = thread.open(CallId("a1b2c3"), STARTED)
    for number in range(100):
        frame = np.full(FRAME_SAMPLES, 7, np.int16)
        recorder.add(AudioFrame(frame, number * FRAME_SAMPLES), frame)
    recorder.mark("step greet", 100)
    info = recorder.close().result(10)
    thread.close()
    assert info.seconds == 2.0
    assert recorder.name == NAME
    assert (heard(library) == 7).all()
    on_disk = b"".join(path.read_bytes() for path in library.root.rglob("*") if path.is_file())
    assert b"\x07\0" * 8 not in on_disk
    assert b"step greet" not in on_disk


def test_a_call_goes_on_unrecorded_when_the_key_is_lost(
    library: RecordingLibrary, keys: KeyFile
) -> None:
    keys.path.unlink()
    thread = RecordingThread(library.root, min_free_bytes=0, keys=keys)
    told: list[str] = []
    recorder = thread.open(CallId("a1b2c3"), STARTED, on_failure=told.append)
    for number in range(10):
        recorder.add(AudioFrame(np.zeros(FRAME_SAMPLES, np.int16), number * FRAME_SAMPLES), None)
    info = recorder.close().result(10)
    assert "is missing" in thread.trouble
    thread.close()
    assert "is missing" in info.failed
    assert told == [info.failed]
    assert list(library.names()) == []


def test_a_recording_that_began_plain_goes_on_plain(
    library: RecordingLibrary, keys: KeyFile
) -> None:
    for chosen, begins in ((None, 0), (keys, 50)):
        thread = RecordingThread(library.root, min_free_bytes=0, keys=chosen)
        recorder = thread.open(CallId("a1b2c3"), STARTED)
        for number in range(begins, begins + 50):
            frame = np.full(FRAME_SAMPLES, 7, np.int16)
            recorder.add(AudioFrame(frame, number * FRAME_SAMPLES), frame)
        recorder.close().result(10)
        thread.close()
    assert len(heard(library)) == 100 * FRAME_SAMPLES
    assert not library.info(NAME).sealed


def test_mending_needs_the_key_and_says_so(library: RecordingLibrary, keys: KeyFile) -> None:
    path = keep(library, NAME, noise(SAMPLE_RATE_HZ), close=False)
    keys.path.unlink()
    assert library.repair() == []
    keys.add()
    with pytest.raises(RecordingLocked):
        mend(path, NAME, keys.ring())
    assert io.BytesIO(path.read_bytes()).read(6) == b"VXSEAL"
