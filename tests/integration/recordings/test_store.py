"""Recordings in a store away from the machine, kept there by a real server."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fixtures.s3_server import S3Server

from recordings.keeping import Keeper
from recordings.library import RecordingLibrary, Wholeness, recording_path
from recordings.s3 import S3Away
from recordings.sealed.file import SealedFile, sealed_path
from recordings.sealed.keys import KeyFile
from recordings.sound import read_frames
from recordings.wav_file import WavFile
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import RecordingMissing, RecordingUnreadable

pytestmark = pytest.mark.integration
STARTED = datetime(2025, 1, 31, tzinfo=UTC)


def noise(frames: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(-9000, 9000, (frames, 2), np.int16)


@pytest.fixture
def library(tmp_path: Path, s3: S3Server) -> Iterator[RecordingLibrary]:
    root = tmp_path / "recordings"
    keys = KeyFile(tmp_path / "keys", used=root / "KEYS")
    keys.ready()
    away = S3Away(replace(s3.bucket, prefix=tmp_path.name))
    yield RecordingLibrary(root, keys=keys, away=away)
    s3.stop()
    s3.start()


def keep(library: RecordingLibrary, call: str, *, seconds: float = 2, close: bool = True) -> str:
    assert library.keys is not None
    name = recording_path(CallId(call), STARTED)
    path = sealed_path(library.root / name)
    file = SealedFile(path, name, library.keys.ring(), SAMPLE_RATE_HZ)
    file.write(0, noise(round(seconds * SAMPLE_RATE_HZ)))
    if close:
        file.close()
    return name


def test_it_is_read_by_ranges_from_there_and_is_gone_from_here(
    library: RecordingLibrary, s3: S3Server
) -> None:
    name = keep(library, "long", seconds=60)
    here = library.folder.find(name)
    assert here is not None
    assert Keeper(library).ship(name)
    assert not here.exists()
    info = library.info(name)
    assert (info.away, info.sealed, info.wholeness) == (True, True, Wholeness.WHOLE)
    assert info.shown_at.startswith("s3://calls/")
    frames = noise(60 * SAMPLE_RATE_HZ)
    with library.open(name) as file:
        assert (
            read_frames(file, 50 * SAMPLE_RATE_HZ, 100) == frames[50 * SAMPLE_RATE_HZ :][:100]
        ).all()
        assert (read_frames(file) == frames).all()
    assert [one.name for one in library.stored()] == [name]
    assert list(library.names(since=date(2025, 2, 1))) == []
    on_server = b"".join(p.read_bytes() for p in s3.bucket_folder.rglob("*") if p.is_file())
    assert b"RIFF" not in on_server


def test_a_store_that_is_away_loses_nothing_and_is_tried_again(
    library: RecordingLibrary, s3: S3Server
) -> None:
    first, second = keep(library, "first"), keep(library, "second")
    s3.stop()
    troubles = list(Keeper(library).ship_all())
    assert [one.name for one in troubles] == [first]
    assert "s3://calls" in troubles[0].trouble
    assert (library.info(first).away, library.info(second).away) == (False, False)
    s3.start()
    assert [(one.name, one.trouble) for one in Keeper(library).ship_all()] == [
        (first, ""),
        (second, ""),
    ]
    assert library.info(first).away
    s3.stop()
    with pytest.raises(RecordingUnreadable, match=r"recording\.store"):
        library.open(first)
    with pytest.raises(RecordingUnreadable):
        library.delete(first)


def test_a_store_that_never_answers_is_given_up_and_nothing_goes(
    library: RecordingLibrary, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recordings.s3.WITHIN", timedelta(milliseconds=300))
    name = keep(library, "slow")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes calls, never says a word
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        library.away = S3Away(replace(s3.bucket, endpoint=address))
        (told,) = Keeper(library).ship_all()
        with pytest.raises(RecordingUnreadable, match=r"recording\.store"):
            library.delete(recording_path(CallId("elsewhere"), STARTED))
    assert "can't be used now" in told.trouble
    assert library.folder.find(name) is not None


def test_what_is_being_recorded_stays(library: RecordingLibrary) -> None:
    open_one, of_a_call = keep(library, "open", close=False), keep(library, "busy")
    assert list(Keeper(library).ship_all(except_for={"busy"})) == []
    assert not library.info(open_one).away
    assert not library.info(of_a_call).away


def test_deleted_it_is_gone_from_the_store(library: RecordingLibrary, s3: S3Server) -> None:
    name = keep(library, "gone")
    Keeper(library).ship(name)
    assert library.delete(name)
    assert not library.delete(name)
    with pytest.raises(RecordingMissing):
        library.open(name)
    assert not list(s3.bucket_folder.rglob("*gone*"))


def test_damage_in_the_store_is_noticed(
    library: RecordingLibrary, s3: S3Server, tmp_path: Path
) -> None:
    name = keep(library, "hurt")
    Keeper(library).ship(name)
    (there,) = s3.bucket_folder.rglob("hurt.wav.sealed")
    raw = bytearray(there.read_bytes())
    raw[20_000] ^= 1
    there.write_bytes(raw)
    s3.stop()
    s3.start()
    with library.open(name) as file, pytest.raises(RecordingUnreadable, match="damaged"):
        read_frames(file)


def test_a_new_key_reaches_what_is_in_the_store(library: RecordingLibrary) -> None:
    name = keep(library, "old")
    Keeper(library).ship(name)
    assert library.keys is not None
    newest = library.keys.add()
    assert [one.trouble for one in Keeper(library).lock_anew()] == [""]
    lines = library.keys.path.read_text().splitlines()
    library.keys.path.write_text(next(x for x in lines if x.startswith(newest.id.hex())) + "\n")
    with library.open(name) as file:
        assert len(read_frames(file)) == 2 * SAMPLE_RATE_HZ
    assert library.folder.find(name) is None


def test_plain_ones_go_there_too_where_nothing_is_sealed(library: RecordingLibrary) -> None:
    name = recording_path(CallId("plain"), STARTED)
    file = WavFile(library.root / name, SAMPLE_RATE_HZ)
    file.write(0, noise(100))
    file.close()
    whole = (library.root / name).read_bytes()
    assert Keeper(library).ship(name)
    with library.open(name) as found:
        assert found.read() == whole
        assert (read_frames(found) == noise(100)).all()


def test_a_wrong_key_to_the_store_is_told_without_it(
    library: RecordingLibrary, s3: S3Server
) -> None:
    library.away = S3Away(replace(s3.bucket, secret_key="wrong one"))  # noqa: S106
    name = keep(library, "refused")
    with pytest.raises(RecordingUnreadable) as told:
        Keeper(library).ship(name)
    assert "wrong one" not in str(told.value)
    assert not library.info(name).away
