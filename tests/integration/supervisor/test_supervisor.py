"""The supervisor with a small program in the engine's place, which notes each of its runs."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from voxdesk.app.supervisor import FIRST_BACK_OFF_S, GOOD_RUN_S, MAX_BACK_OFF_S, BackOff

pytestmark = pytest.mark.integration

WITHIN_S = 20.0
PROGRAM = """
import os, signal, sys, time
from pathlib import Path
runs = Path(sys.argv[1])
with runs.open("a") as file:
    file.write(f"{os.getpid()}\\n")
number = len(runs.read_text().splitlines())
plan = sys.argv[2].split(",")
deed = plan[min(number, len(plan)) - 1]
if deed == "die":
    os.kill(os.getpid(), signal.SIGKILL)
if deed.isdigit():
    sys.exit(int(deed))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
signal.signal(signal.SIGHUP, lambda *_: sys.exit(75))
(runs.parent / f"up{number}").touch()
time.sleep(60)
"""


class Watched:
    def __init__(self, folder: Path, plan: str) -> None:
        program = folder / "engine.py"
        program.write_text(PROGRAM)
        self._folder = folder
        self._runs = folder / "runs"
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "voxdesk.app.supervisor",
                sys.executable, str(program), str(self._runs), plan,
            ],
            stderr=subprocess.PIPE,
        )  # fmt: skip

    @property
    def runs(self) -> list[int]:
        return [int(line) for line in self._runs.read_text().split()] if self._runs.exists() else []

    def is_up(self, number: int) -> None:
        deadline_s = time.monotonic() + WITHIN_S
        while not (self._folder / f"up{number}").exists():
            assert time.monotonic() < deadline_s, f"run {number} did not come; runs: {self.runs}"
            time.sleep(0.02)

    def ends(self) -> int:
        return self.process.wait(WITHIN_S)

    @property
    def said(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[[str], Watched]]:
    started: list[Watched] = []

    def start(plan: str) -> Watched:
        started.append(Watched(tmp_path, plan))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()
        for pid in each.runs:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def test_an_engine_that_dies_is_followed_by_the_next(supervise: Callable[[str], Watched]) -> None:
    watched = supervise("die,3,stay")

    watched.is_up(3)
    watched.process.send_signal(signal.SIGTERM)

    assert watched.ends() == 0
    assert len(set(watched.runs)) == 3
    said = watched.said
    assert "SIGKILL" in said
    assert "exit code 3" in said


def test_an_engine_that_can_not_run_is_not_started_again(
    supervise: Callable[[str], Watched],
) -> None:
    watched = supervise("2,stay")

    assert watched.ends() == 2
    assert len(watched.runs) == 1


def test_an_engine_that_was_told_to_end_is_not_started_again(
    supervise: Callable[[str], Watched],
) -> None:
    watched = supervise("0,stay")

    assert watched.ends() == 0
    assert len(watched.runs) == 1


def test_a_new_engine_takes_over_at_once_when_asked(supervise: Callable[[str], Watched]) -> None:
    watched = supervise("stay")
    watched.is_up(1)

    watched.process.send_signal(signal.SIGHUP)
    watched.is_up(2)
    watched.process.send_signal(signal.SIGTERM)

    assert watched.ends() == 0
    assert "steps down" in watched.said


def test_a_first_death_costs_no_time_and_many_do_not_keep_the_machine_busy() -> None:
    back_off = BackOff()

    waits = [back_off.after(1.0) for _ in range(10)]

    assert waits[0] == FIRST_BACK_OFF_S
    assert waits == sorted(waits)
    assert waits[-1] == MAX_BACK_OFF_S
    assert back_off.after(GOOD_RUN_S) == FIRST_BACK_OFF_S


def test_what_runs_beside_the_engine_comes_again_and_ends_with_it(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    places = {name: tmp_path / name for name in ("engine", "beside")}
    for place in places.values():
        place.mkdir()
    engine = [sys.executable, str(program), str(places["engine"] / "runs"), "stay"]
    beside = [sys.executable, str(program), str(places["beside"] / "runs"), "die,7,stay"]
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "voxdesk.app.supervisor", *engine, "+", *beside],
        stderr=subprocess.PIPE,
    )
    try:
        wait_for(places["engine"] / "up1")
        wait_for(places["beside"] / "up3")
        assert not (places["engine"] / "up2").exists()
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(WITHIN_S) == 0
        pid = int((places["beside"] / "runs").read_text().split()[-1])
        deadline_s = time.monotonic() + WITHIN_S
        while is_running(pid):
            assert time.monotonic() < deadline_s, "what ran beside the engine is still there"
            time.sleep(0.02)
    finally:
        supervisor.kill()
        supervisor.communicate()
        for place in places.values():
            for line in (place / "runs").read_text().split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(line), signal.SIGKILL)


def wait_for(path: Path) -> None:
    deadline_s = time.monotonic() + WITHIN_S
    while not path.exists():
        assert time.monotonic() < deadline_s, f"{path.name} did not come"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
