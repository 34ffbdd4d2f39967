"""`voxdesk flow try`: by a script, and typed at a terminal."""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fixtures.flow_house import House
from typer.testing import CliRunner

from voxdesk.app.commands.flow import app
from voxdesk.kernel.errors import FlowError, SettingsError, VoxdeskError

pytestmark = pytest.mark.integration
Try = Callable[..., tuple[int, str]]
SAID_WITHIN_S = 45.0  # a process starts meanwhile, on a machine that may be busy
ENDS_WITHIN_S = 15.0


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def environment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(house.folder)
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(house.folder / "var"))
    monkeypatch.setenv("VOXDESK_CONFIG_DIR", "config")
    monkeypatch.delenv("VOXDESK_CONFIG", raising=False)


@pytest.fixture
def try_it(environment: None) -> Try:
    def run(script: str, *arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["try", "shop", *arguments], input=script)
        if isinstance(result.exception, VoxdeskError):
            raise result.exception
        return result.exit_code, result.output

    return run


# ------------------------------------------------------------------ by a script


def test_a_script_talks_with_a_flow_and_reads_as_a_talk(try_it: Try) -> None:
    code, said = try_it("orders\n8364\nstatus: shipped\n")

    assert code == 0
    assert said.splitlines() == [
        "menu: Orders or returns?",
        "> orders",
        "number: Which number?",
        "> 8364",
        said.splitlines()[4],
        "> status: shipped",
        "find: (order, number 8364: found)",
        "told: It is shipped, .",
        "bye: Goodbye.",
        "bye: (hangs up: done)",
    ]
    assert "number 8364: found?" in said.splitlines()[4]


def test_a_line_that_makes_no_sense_ends_a_script_with_its_number(try_it: Try) -> None:
    code, said = try_it("orders\n/kyes 4711\n8364\n")

    assert code == 1
    assert "line 2" in said
    assert "/keys" in said or "keys" in said
    assert "8364" not in said


def test_lookups_are_answered_from_a_file(try_it: Try, house: House) -> None:
    (house.folder / "orders.yaml").write_text('order:\n  "8364": {status: underway}\n')

    code, said = try_it("orders\n8364\n", "--records", "orders.yaml")

    assert code == 0
    assert "told: It is underway, ." in said


def test_a_talk_is_saved_as_a_test_that_passes(try_it: Try, house: House) -> None:
    code, said = try_it("returns\n/save send it back\n")

    assert code == 0
    assert 'Added the test "send it back"' in said
    assert (house.flows / "shop.tests.yaml").is_file()
    tested = CliRunner().invoke(app, ["test", "shop"])
    assert "1 test, 0 failed" in tested.output


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        (("--crm", "--records", "x.yaml"), SettingsError, "one of them"),
        (("--records", "gone.yaml"), FlowError, "gone.yaml"),
        (("--language", "zh"), VoxdeskError, "Languages: en"),
        (("--language", "?"), SettingsError, "--language"),
        (("--sip", "--crm"), SettingsError, "takes no other option"),
    ],
)
def test_what_cannot_be_tried_is_said(
    try_it: Try, arguments: tuple[str, ...], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=re.escape(told)):
        try_it("", *arguments)


# ------------------------------------------------------------------ at a terminal


class Terminal:
    """The command as a person has it: keys in, a screen out."""

    def __init__(self, *arguments: str) -> None:
        self._screen, other = pty.openpty()
        self.seen = ""
        self._looked = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "voxdesk.app.cli", "flow", "try", *arguments],
            stdin=other,
            stdout=other,
            stderr=other,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "30"},
            start_new_session=True,
        )
        os.close(other)

    def types(self, line: str, *, end: str = "\r") -> None:
        """Not before it is asked for: what comes earlier a terminal may take for something else."""
        self.shows("\n> ")
        os.write(self._screen, f"{line}{end}".encode())

    def shows(self, words: str) -> str:
        """Wait for these words behind those that were waited for before; what came until then."""
        until_s = time.monotonic() + SAID_WITHIN_S
        while (found := self.seen.find(words, self._looked)) < 0:
            assert time.monotonic() < until_s, f"never {words!r}; the screen has:\n{self.seen}"
            assert self._read(0.2), f"it ended without {words!r}; the screen has:\n{self.seen}"
        came = self.seen[self._looked : found + len(words)]
        self._looked = found + len(words)
        return came

    def ends(self) -> int:
        """Its exit code."""
        until_s = time.monotonic() + ENDS_WITHIN_S
        while self._read(0.2):
            assert time.monotonic() < until_s, f"it goes on:\n{self.seen}"
        return self._process.wait(ENDS_WITHIN_S)

    def _read(self, within_s: float) -> bool:
        """Take what is there; False when nothing will come any more."""
        ready, _, _ = select.select([self._screen], [], [], within_s)
        if not ready:
            return True
        try:
            data = os.read(self._screen, 65536)
        except OSError:  # as Linux says that the other end is closed
            return False
        plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", data)
        self.seen += plain.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)

    def interrupted(self) -> int:
        """Ctrl-C as a terminal passes it on, pressed until it is noticed; the exit code.

        The prompt is shown a moment before Python waits for a line: what comes between the two is
        noticed with the next key only.
        """
        for _ in range(3):
            if self._process.poll() is None:
                self._process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(ENDS_WITHIN_S)
                return self.ends()
        raise AssertionError(f"it goes on:\n{self.seen}")

    def close(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(ENDS_WITHIN_S)
        os.close(self._screen)


@pytest.fixture
def terminal(environment: None) -> Iterator[Terminal]:
    found = Terminal("shop")
    try:
        yield found
    finally:
        found.close()


@pytest.mark.timeout(180)
def test_somebody_types_asks_for_help_goes_back_and_quits(terminal: Terminal) -> None:
    terminal.shows("/help lists what you can do")
    terminal.shows("Orders or returns?")
    terminal.types("/help")
    listed = terminal.shows("/quit")
    assert "/silence" in listed
    assert "the caller presses keys" in listed
    terminal.types("orders")
    terminal.shows("Which number?")
    terminal.types("/back")
    terminal.shows("Back to:")
    terminal.shows("Orders or returns?")
    terminal.types("/keys 2")
    terminal.shows("Send it back.")
    terminal.shows("hangs up: done")
    terminal.types("hello?")
    terminal.shows("the call is over")
    terminal.types("/quit")

    assert terminal.ends() == 0
    assert "Traceback" not in terminal.seen


@pytest.mark.timeout(180)
def test_a_mistake_at_a_terminal_is_told_and_the_talk_goes_on(terminal: Terminal) -> None:
    terminal.shows("Orders or returns?")
    terminal.types("/kyes 2")
    terminal.shows('there is no command "/kyes"')
    terminal.types("returns")
    terminal.shows("Send it back.")
    terminal.types("", end="\x04")  # Ctrl-D

    assert terminal.ends() == 0


@pytest.mark.timeout(180)
def test_ctrl_c_ends_it_without_a_traceback(terminal: Terminal) -> None:
    terminal.shows("Orders or returns?")
    terminal.shows("\n> ")

    assert terminal.interrupted() == 0
    assert "Traceback" not in terminal.seen
