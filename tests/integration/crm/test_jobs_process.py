"""The process of the work after calls, killed and stopped as an operator or the kernel does it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from crm.calls.models import Call
from crm.jobs import repository
from voxdesk.app.database import prepare
from voxdesk.db import Database

pytestmark = pytest.mark.integration

WITHIN_S = 40.0
CALLS = 4
# Each call's work leaves a file when it begins and one when it ends; the second call's hangs once.
PROGRAM = """
import os, sys, time
from pathlib import Path
from voxdesk.app.jobs import process
from voxdesk.app.jobs.kinds import Kind
from voxdesk.app.settings import Settings

folder = Path(sys.argv[1])

def do(house, call_id):
    again = (folder / f"{call_id}.begun").exists()
    (folder / f"{call_id}.begun").touch()
    if call_id == "c2" and not again:
        time.sleep(60)
    with (folder / "done").open("a") as file:
        file.write(call_id + "\\n")

kinds = [Kind("words", 1, do)]
print(process.run(Settings(state_dir=folder), once=True, kinds=kinds, every=(), sources=()))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    url = f"sqlite:///{tmp_path / 'voxdesk.db'}"
    prepare(url)
    database = Database(url)
    began = datetime.now(UTC) - timedelta(hours=1)
    with database.transaction() as session:
        for number in range(CALLS):
            at = began + timedelta(minutes=number)
            row = {"id": f"c{number}", "direction": "inbound", "started_at": at, "ended_at": at}
            session.execute(insert(Call).values(**row))
    database.close()
    return tmp_path


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(what: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + WITHIN_S
    while not what():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_next_one_goes_on_where_the_last_one_ended(folder: Path, how: signal.Signals) -> None:
    first = start(folder)
    wait_for((folder / "c2.begun").exists)
    assert os.getpriority(os.PRIO_PROCESS, first.pid) == 19
    second = start(folder)
    _, said = second.communicate(timeout=WITHIN_S)
    assert second.returncode != 0
    assert "another process does the work after calls" in said

    first.send_signal(how)
    first.communicate(timeout=WITHIN_S)
    third = start(folder)
    _, said = third.communicate(timeout=WITHIN_S)

    assert third.returncode == 0, said
    assert (folder / "done").read_text().split() == ["c3", "c2", "c1", "c0"]
    database = Database(f"sqlite:///{folder / 'voxdesk.db'}")
    with database.reading() as session:
        [count] = repository.counts(session)
        assert not repository.in_trouble(session)
    database.close()
    assert (count.done, count.waiting, count.working) == (CALLS, 0, 0)
