"""The call log when processes are killed, servers stop and disks are full. All of it real."""

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fixtures.databases import PostgresServer
from sqlalchemy import text

from crm.calls.call_log import CallLog
from crm.calls.entries import NewCall
from crm.calls.repository import events_of
from voxdesk.app.database import prepare
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind

pytestmark = pytest.mark.integration
NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
CALL = CallId("call1")

LOG_FOREVER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from crm.calls.call_log import CallLog
from crm.calls.entries import NewCall
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind

log = CallLog(Database(sys.argv[1]), Path(sys.argv[2]))
now = datetime.now(UTC)
log.open_call(NewCall(CallId("call1"), Direction.INBOUND, now))
for number in range(100_000):
    log.record(CallEvent(CallId("call1"), EventKind.KEY, now, number, {"text": "x" * 50}))
    if number % 10 == 9:
        log.flush(10)
        print(number, flush=True)
"""

FILL_THE_DISK = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from crm.calls.call_log import CallLog
from crm.calls.entries import NewCall
from voxdesk.app.database import prepare
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind

url = sys.argv[1]
prepare(url)
unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
log = CallLog(Database(url), Path(sys.argv[2]), max_pending=1000)
now = datetime.now(UTC)

def say(first, count):
    for number in range(first, first + count):
        log.record(CallEvent(CallId("call1"), EventKind.KEY, now, number, {"text": "x" * 50}))
        if number % 100 == 0:
            log.flush(10)
    log.flush(10)

log.open_call(NewCall(CallId("call1"), Direction.INBOUND, now))
say(0, 10)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, unlimited[1]))  # no file grows beyond that
say(10, 500)
full = log.status
say(510, 2000)
overfull = log.status
resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
deadline = time.monotonic() + 30
while log.status.spooling and time.monotonic() < deadline:
    time.sleep(0.05)
log.close()
print(json.dumps({"held": full.pending, "lost_at_first": full.lost, "lost": overfull.lost,
                  "behind": log.status.spooling}))
"""


def eventually(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def offsets(url: str) -> list[int]:
    database = Database(url)
    with database.reading() as session:
        found = [one.event.audio_ms for one in events_of(session, CALL)]
    database.close()
    return found


@pytest.mark.parametrize("database_there", [True, False])
def test_a_killed_process_loses_nothing_that_was_out_of_its_memory(
    tmp_path: Path,
    database_there: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    url = f"sqlite:///{tmp_path / 'voxdesk.db'}"
    if database_there:
        prepare(url)
    with subprocess.Popen(
        [sys.executable, "-c", LOG_FOREVER, url, str(tmp_path / "spool")], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        done = 0
        while done < 100:
            line = child.stdout.readline()
            assert line, "the child died by itself"
            done = int(line)
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split()
        done = int(rest[-1]) if rest else done

    prepare(url)
    database = Database(url)
    log = CallLog(database, tmp_path / "spool")
    eventually(lambda: not log.status.spooling)
    log.close()
    database.close()
    found = offsets(url)
    assert found == list(range(len(found)))
    assert len(found) > done


def test_a_full_disk_holds_calls_up_in_memory_and_only_then_loses_them(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'voxdesk.db'}"
    done = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, url, str(tmp_path / "spool")],
        capture_output=True,
        timeout=55,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["lost_at_first"] == 0
    assert told["held"] > 0
    assert told["lost"] > 0
    assert not told["behind"]
    found = offsets(url)
    assert found == sorted(set(found))
    assert len(found) == 2510 - told["lost"]
    assert found[:510] == list(range(510))


def test_a_postgresql_that_is_restarted_under_load(
    postgres_server: PostgresServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = postgres_server.create_database()
    prepare(url)
    database = Database(url)
    log = CallLog(database, tmp_path / "spool")
    log.open_call(NewCall(CALL, Direction.INBOUND, NOW, caller="+15550100"))
    total = 0

    def say(count: int) -> None:
        nonlocal total
        for _ in range(count):
            log.record(CallEvent(CALL, EventKind.HEARD, NOW, total, {"text": "my secret word"}))
            total += 1

    with caplog.at_level(logging.DEBUG):
        say(200)
        postgres_server.stop()
        try:
            say(300)
            eventually(lambda: log.status.spooling)
            say(300)
            assert log.flush(20)
        finally:
            postgres_server.start()
        say(200)
        eventually(lambda: not log.status.spooling)
        assert log.flush(20)
    log.close()
    database.close()
    assert offsets(url) == list(range(total))
    assert log.status.lost == 0
    assert "secret" not in caplog.text
    assert "15550100" not in caplog.text
    postgres_server.drop_database(url)


def test_a_program_that_holds_sqlite_locked_delays_the_log_and_loses_nothing(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'voxdesk.db'}"
    prepare(url)
    database, other = Database(url), Database(url)
    log = CallLog(database, tmp_path / "spool")
    with other.transaction() as session:
        session.execute(text("SELECT 1"))  # a transaction begins with its first statement
        log.open_call(NewCall(CALL, Direction.INBOUND, NOW))
        started = time.perf_counter()
        for number in range(100):
            log.record(CallEvent(CALL, EventKind.KEY, NOW, number))
        took_s = time.perf_counter() - started
        eventually(lambda: log.status.spooling)
    eventually(lambda: not log.status.spooling)
    log.close()
    other.close()
    database.close()
    assert offsets(url) == list(range(100))
    assert took_s < 1.0  # nobody waited for the lock, which takes five
