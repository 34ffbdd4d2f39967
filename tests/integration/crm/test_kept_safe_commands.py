"""Keys, sealing, holds, export and erasure, as an operator types them."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from crm.calls.entries import LoggedEvent, NewCall, opening
from crm.calls.models import Call
from crm.calls.repository import store
from recordings.wav_file import WavFile
from tests.fixtures.told_calls import ANSWERED_AT, event
from voxdesk.app.commands import privacy, recordings
from voxdesk.app.database import prepare
from voxdesk.app.doctor.finding import Machine
from voxdesk.app.doctor.recordings import check_recordings
from voxdesk.app.recordings_kept import key_file_of, library_of
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.call import CallId, Direction, EventKind
from voxdesk.kernel.errors import RecordingLocked, VoxdeskError

pytestmark = pytest.mark.integration
CALL = CallId("abc123def456")
NAME = f"2026/03/29/{CALL}.wav"
Voxdesk = Callable[..., str]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path / "var")


@pytest.fixture
def voxdesk(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Voxdesk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(settings.state_dir))
    monkeypatch.delenv("VOXDESK_CONFIG", raising=False)
    program = Typer()
    program.add_typer(recordings.app, name="recordings")
    program.add_typer(privacy.app, name="privacy")
    file = WavFile(settings.state_dir / "recordings" / NAME, 16_000)
    file.write(0, np.full((16_000, 2), 5, np.int16))
    file.close()
    prepare(settings.database_url)
    database = Database(settings.database_url)
    new = NewCall(CALL, Direction.INBOUND, ANSWERED_AT, caller="+15550100")
    ended = event(EventKind.ENDED, 9000, CALL, cause="caller_hung_up")
    with database.transaction() as session:
        store(session, [opening(new), LoggedEvent(0, ended)])
        session.get_one(Call, CALL).recording_path = NAME
    database.close()

    def run(*arguments: str, answer: str = "", code: int = 0) -> str:
        result = CliRunner().invoke(program, arguments, input=answer)
        if isinstance(result.exception, VoxdeskError):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_old_recordings_are_sealed_checked_and_get_a_new_key(
    voxdesk: Voxdesk, settings: Settings
) -> None:
    assert "plain" in voxdesk("recordings", "list")
    assert "1 recording sealed" in voxdesk("recordings", "seal")
    assert "sealed  whole" in voxdesk("recordings", "list")
    first = key_file_of(settings).ring().current.id
    assert "1 recording locked anew" in voxdesk("recordings", "rotate-key")
    assert key_file_of(settings).ring().current.id != first
    assert "1 recording as they were written" in voxdesk("recordings", "check")
    assert [finding.level.value for finding in check_recordings(Machine(settings))] == ["ok"]

    key_file_of(settings).path.unlink()

    (finding,) = check_recordings(Machine(settings))
    assert finding.level.value == "problem"
    assert "is missing" in finding.says
    assert "is missing" in voxdesk("recordings", "check", code=1)
    with pytest.raises(RecordingLocked):
        voxdesk("recordings", "rotate-key", "--keep")
    assert "has the new key" in voxdesk("recordings", "new-key")


def test_a_store_must_be_named_before_anything_goes_there(voxdesk: Voxdesk) -> None:
    with pytest.raises(VoxdeskError, match=r"recording\.store\.bucket"):
        voxdesk("recordings", "ship")


def test_a_person_is_held_given_out_and_erased(
    voxdesk: Voxdesk, settings: Settings, tmp_path: Path
) -> None:
    who = ("--phone", "+1 555 0100")
    assert "No holds" in voxdesk("privacy", "holds")
    assert "Hold 1" in voxdesk("privacy", "hold", "--call", CALL, "--reason", "case 7")
    with pytest.raises(VoxdeskError, match="legal hold 1"):
        voxdesk("privacy", "erase", *who, "--yes")
    assert "1 attempts" in voxdesk("privacy", "holds")
    assert "lifted" in voxdesk("privacy", "lift", "1")
    assert "1 recordings" in voxdesk("privacy", "export", "me.zip", *who)
    assert f"recordings/{NAME}" in zipfile.ZipFile(tmp_path / "me.zip").namelist()
    with pytest.raises(VoxdeskError, match="can't be written"):
        voxdesk("privacy", "export", "me.zip", *who)
    assert "Nothing was erased" in voxdesk("privacy", "erase", *who, answer="no\n", code=1)
    assert "Receipt" in voxdesk("privacy", "erase", *who, answer="ERASE\n")
    assert list(library_of(settings).names()) == []
    with pytest.raises(VoxdeskError, match="nothing of such a person"):
        voxdesk("privacy", "export", "again.zip", *who)
    with pytest.raises(VoxdeskError, match="say who"):
        voxdesk("privacy", "erase", "--yes")
    assert "everything is kept" in voxdesk("privacy", "retention")
