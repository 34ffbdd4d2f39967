"""The commands that show calls, as an operator types them."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from crm.calls.call_log import CallLog
from crm.calls.entries import NewCall
from crm.lookups import Lookups
from recordings.recorder import RecordingThread
from voxdesk.app.commands import calls, db, explain, orders
from voxdesk.app.database import prepare
from voxdesk.app.terminal import local_time
from voxdesk.db import Database
from voxdesk.kernel.audio import AudioFrame
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind
from voxdesk.kernel.errors import VoxdeskError

pytestmark = pytest.mark.integration
STARTED = datetime(2025, 3, 1, 12, tzinfo=UTC)
CALL = CallId("abc123def456")
Voxdesk = Callable[..., str]


@pytest.fixture
def voxdesk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Voxdesk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("VOXDESK_CONFIG", raising=False)
    program = Typer()
    for module, name in ((calls, "calls"), (db, "db"), (orders, "orders")):
        program.add_typer(module.app, name=name)
    program.add_typer(explain.app)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(program, arguments)
        if isinstance(result.exception, VoxdeskError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.fixture
def database(tmp_path: Path) -> Database:
    url = f"sqlite:///{tmp_path / 'var' / 'voxdesk.db'}"
    prepare(url)
    return Database(url)


def record_a_call(database: Database, spool: Path, *, sound: str = "") -> None:
    log = CallLog(database, spool)

    def say(kind: EventKind, at_ms: int, **data: Any) -> None:
        log.record(CallEvent(CALL, kind, STARTED + timedelta(milliseconds=at_ms), at_ms, data))

    log.open_call(NewCall(CALL, Direction.INBOUND, STARTED, caller="+15550100"))
    say(EventKind.INCOMING, 0, caller="+15550100", callee="100")
    say(EventKind.ANSWERED, 0, codec="PCMU/8000")
    if sound:
        say(EventKind.RECORDING, 0, state="started", path=sound)
    say(EventKind.HEARD, 2400, turn=1, text="where is it", speech_end_ms=2000, decided_ms=2400)
    say(EventKind.PROMPT, 2600, turn=1, text="On its way.", asked_ms=2405, first_audio_ms=2600)
    say(EventKind.MESSAGE_LEFT, 60_000, mailbox="sales", start_ms=52_000, seconds=8.0)
    say(EventKind.ENDED, 61_000, cause="caller_hung_up")
    log.close()


def test_a_fresh_machine_has_no_calls(voxdesk: Voxdesk) -> None:
    assert "No calls" in voxdesk("calls", "list")


def test_a_call_in_the_list_and_in_full(
    voxdesk: Voxdesk, database: Database, tmp_path: Path
) -> None:
    record_a_call(database, tmp_path / "spool")
    listed = voxdesk("calls", "list", "--caller", "1 (555) 0100")
    for shown in (local_time(STARTED), CALL, "+15550100", "message left", "1:01"):
        assert shown in listed
    assert "No calls" in voxdesk("calls", "list", "--caller", "+15559999")
    assert "No calls" in voxdesk("calls", "list", "--live")
    for wanted in ("last", CALL, "abc"):
        assert "after 600 ms" in voxdesk("calls", "show", wanted)
    lines = [json.loads(line) for line in voxdesk("calls", "show", "last", "--json").splitlines()]
    assert [line["kind"] for line in lines] == [
        "incoming",
        "answered",
        "heard",
        "prompt",
        "message_left",
        "ended",
    ]


def test_a_message_is_found_in_the_recording(
    voxdesk: Voxdesk, database: Database, tmp_path: Path
) -> None:
    record_a_call(database, tmp_path / "spool", sound="2025/03/01/abc123def456.wav")
    told = voxdesk("calls", "messages", "sales")
    for shown in ("+15550100", "0:08", "2025/03/01/abc123def456.wav", "0:52.0"):
        assert shown in told
    assert "No messages" in voxdesk("calls", "messages", "service")


def test_where_the_time_went(voxdesk: Voxdesk, database: Database, tmp_path: Path) -> None:
    record_a_call(database, tmp_path / "spool")
    told = voxdesk("explain", CALL)
    assert "answered after 600 ms" in told
    assert "0 … 400 ms" in told


def test_following_a_call_shows_it_to_its_end(
    voxdesk: Voxdesk, database: Database, tmp_path: Path
) -> None:
    log = CallLog(database, tmp_path / "spool")
    log.open_call(NewCall(CALL, Direction.INBOUND, STARTED, caller="+15550100"))
    log.record(CallEvent(CALL, EventKind.ANSWERED, STARTED))
    assert log.flush()

    def go_on() -> None:
        for number in range(5):
            log.record(CallEvent(CALL, EventKind.KEY, STARTED, number, {"digit": str(number)}))
            log.flush()
        log.record(CallEvent(CALL, EventKind.ENDED, STARTED, 9, {"cause": "hung_up"}))
        log.flush()

    caller = threading.Thread(target=go_on)
    caller.start()
    shown = voxdesk("calls", "follow", CALL)
    caller.join()
    log.close()
    assert shown.count("[•]") == 5, "keys of a call that goes on may be a card's number"
    assert "ended: hung up" in shown


def test_the_recording_of_a_call_is_found(
    voxdesk: Voxdesk, database: Database, tmp_path: Path
) -> None:
    recordings = RecordingThread(tmp_path / "var" / "recordings", min_free_bytes=0)
    recorder = recordings.open(CALL, STARTED)
    for number in range(100):
        recorder.add(AudioFrame(np.zeros(320, np.int16), number * 320), None)
    path = recorder.close().result(10).path
    recordings.close()
    record_a_call(database, tmp_path / "spool", sound=recorder.name)
    told = voxdesk("calls", "recording", "last")
    assert str(path) in told
    assert "0:02" in told
    path.unlink()
    with pytest.raises(VoxdeskError, match="there is no recording 2025/03/01"):
        voxdesk("calls", "recording", "last")


def test_a_call_without_recording_says_so(
    voxdesk: Voxdesk, database: Database, tmp_path: Path
) -> None:
    record_a_call(database, tmp_path / "spool")
    with pytest.raises(VoxdeskError, match="was not recorded"):
        voxdesk("calls", "recording", CALL)


@pytest.mark.parametrize("command", [("calls", "show"), ("calls", "follow"), ("explain",)])
def test_a_call_that_is_not_there(voxdesk: Voxdesk, command: tuple[str, ...]) -> None:
    with pytest.raises(VoxdeskError, match="voxdesk calls list"):
        voxdesk(*command, "nothing")


def test_sample_data_and_own_orders(voxdesk: Voxdesk, database: Database, tmp_path: Path) -> None:
    assert "try order 4711" in voxdesk("db", "sample")
    (tmp_path / "orders.csv").write_text("number,item,total\nA-7,红茶,9.50\n", "utf-8")
    assert "1 orders" in voxdesk("orders", "import", "orders.csv")
    listed = voxdesk("orders", "list")
    assert "红茶" in listed
    assert "9.50 USD" in listed
    assert Lookups(database).find("order", {"number": "a 7"}) is not None
    (tmp_path / "orders.csv").write_text("number,total\nA-8,1\nA-9,x\n", "utf-8")
    with pytest.raises(VoxdeskError, match=r"orders.csv:3"):
        voxdesk("orders", "import", "orders.csv")
    assert "A-8" not in voxdesk("orders", "list")


def test_the_version_of_the_database(voxdesk: Voxdesk, tmp_path: Path) -> None:
    assert "(empty) → " in voxdesk("db", "upgrade")
    assert "already" in voxdesk("db", "upgrade")
    assert "is there" in voxdesk("db", "check")
