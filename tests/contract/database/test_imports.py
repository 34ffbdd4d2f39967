"""Recordings from elsewhere, the same on both databases: rows, and the whole way to a call."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from crm.calls.models import Call
from crm.imports import repository
from crm.imports.models import Import
from crm.imports.repository import TRIES, NewImport
from voxdesk.app.imports.sound import NotSound, read_sound
from voxdesk.db import Database
from voxdesk.kernel.worded import worded

pytestmark = pytest.mark.contract
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def new(number: int, sha256: str = "aa") -> NewImport:
    return NewImport(
        f"i{number}", sha256, "call.wav", 10, "upload", "anna", "en", "agent", NOW, "n1"
    )


def add(database: Database, one: NewImport) -> bool:
    with database.transaction() as session:
        return repository.add(session, one, now=NOW)[1]


def claim(database: Database) -> Import | None:
    with database.transaction() as session:
        return repository.claim(session, node="n1", now=NOW)


def kept_of(database: Database, import_id: str) -> Import:
    with database.reading() as session:
        found = repository.find(session, import_id)
        assert found is not None
        return found


def test_the_same_content_is_one_import_until_it_failed_or_its_call_is_erased(
    database: Database,
) -> None:
    assert add(database, new(1))
    assert not add(database, new(2))
    assert add(database, new(3, "bb"))
    first = claim(database)
    assert first is not None
    assert first.id == "i1"
    with database.transaction() as session:
        repository.fail(session, "i1", NotSound(worded("no {what}", what="sound")), now=NOW)
    failed = kept_of(database, "i1")
    assert (failed.error, failed.trouble) == (
        "no sound",
        {"code": "not_sound", "worded": {"wording": "no {what}", "values": {"what": "sound"}}},
    )
    assert add(database, new(4))
    assert kept_of(database, "i4").trouble is None
    claim(database)
    claim(database)
    with database.transaction() as session:
        session.add(Call(id="c", direction="imported", started_at=NOW))
        session.flush()
        assert repository.finish(session, "i4", call_id="c", speakers=2, way="mfcc", now=NOW)
    assert not add(database, new(5))
    with database.transaction() as session:
        session.delete(session.get(Call, "c"))
    assert add(database, new(6))


def test_who_cancels_stops_the_work_and_nothing_more_is_noted(database: Database) -> None:
    add(database, new(1))
    claim(database)
    with database.transaction() as session:
        assert repository.progress(session, "i1", 40, now=NOW)
        assert repository.cancel(session, "i1", now=NOW)
        assert not repository.progress(session, "i1", 41, now=NOW)
        assert not repository.cancel(session, "i1", now=NOW)
    assert claim(database) is None


def test_what_ends_the_program_each_time_is_given_up(database: Database) -> None:
    add(database, new(1))
    for _ in range(TRIES):
        assert claim(database) is not None
        with database.transaction() as session:
            repository.release(session, node="n1", now=NOW)
    assert claim(database) is None
    with database.reading() as session:
        found = repository.find(session, "i1")
    assert found is not None
    assert found.state == "failed"


# ------------------------------------------------------------------ files of strangers


def tone(seconds: float, rate: int = 8000) -> np.ndarray:
    return (0.3 * np.sin(np.arange(int(seconds * rate)) * 0.3)).astype(np.float32)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_a_file_is_what_its_content_is_whatever_it_is_called(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "song.txt"
    with path.open("wb") as file:
        soundfile.write(file, tone(2.0, 16000), 16000, format=kind)
    assert abs(read_sound(path, longest_s=60).seconds - 2.0) < 0.2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "neither WAV"),
        (b"MZ\x90\x00" + b"\0" * 4000, "neither WAV"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "neither WAV"),
        (b"<html>this is no sound</html>" * 50, "neither WAV"),
        (b"ID3" + b"\xff" * 2000, "neither WAV"),
    ],
)
def test_what_is_no_sound_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(content)
    with pytest.raises(NotSound, match=told):
        read_sound(path, longest_s=60)


def test_a_file_that_breaks_off_gives_what_there_is_and_a_long_one_is_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, tone(4.0), 8000)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert 1.5 < read_sound(path, longest_s=60).seconds < 2.5
    path.write_bytes(whole)
    with pytest.raises(NotSound, match="longer than"):
        read_sound(path, longest_s=3)
    soundfile.write(path, tone(0.0), 8000)
    with pytest.raises(NotSound):
        read_sound(path, longest_s=3)


def test_two_sides_on_channels_are_kept_apart_and_twice_the_same_is_one(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    left, right = tone(1.0), np.roll(tone(1.0), 5) * np.linspace(0, 1, 8000)
    left[4000:] = 0
    soundfile.write(path, np.stack([left, right], 1), 8000)
    assert read_sound(path, longest_s=60).sides is not None
    soundfile.write(path, np.stack([left, left], 1), 8000)
    assert read_sound(path, longest_s=60).sides is None
