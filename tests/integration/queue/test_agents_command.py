"""`voxdesk agents` as a person types it, on a database of its own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from telephony.queue.place import QueueRequest, new_row
from telephony.queue.state import AgentStatus, Answered, Joined, Tick
from telephony.queue.store import QueueStore
from voxdesk.app.commands import agents
from voxdesk.db import Database
from voxdesk.kernel.call import CallId

pytestmark = pytest.mark.integration


class Terminal:
    """A shell with its own state directory."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'voxdesk.db'}"
        self._runner = CliRunner(env={"VOXDESK_STATE_DIR": str(folder), "COLUMNS": "160"})

    def type(self, line: str) -> Result:
        return self._runner.invoke(agents.app, line.split())

    def says(self, line: str) -> str:
        result = self.type(line)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    def refuses(self, line: str) -> str:
        """The sentence that `voxdesk` prints instead of a traceback."""
        result = self.type(line)
        assert isinstance(result.exception, agents.AgentCommandError), result.output
        return str(result.exception)

    def call_connected(self) -> None:
        """Someone talks to whoever is available."""
        database = Database(self.url)
        now = datetime.now(UTC)
        row = new_row(CallId("c1"), QueueRequest("support"), "n1", now)
        QueueStore(database).run([Joined(row), Tick("n1"), Answered(CallId("c1"))], now)
        database.close()


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(agents.console, "_width", 160)
    return Terminal(tmp_path / "var")


def test_an_empty_house_says_how_to_begin(terminal: Terminal) -> None:
    assert "voxdesk agents add bob sip:bob@" in terminal.says("list")


def test_an_agent_is_added_made_available_and_shown(terminal: Terminal) -> None:
    said = terminal.says("add Bob sip:bob@[2001:db8::7] --skill Billing --skill dutch")
    assert "voxdesk agents available bob" in said

    assert "bob: available" in terminal.says("available bob")

    shown = terminal.says("list")
    assert "available" in shown
    assert "billing, dutch" in shown
    assert "sip:bob@[2001:db8::7]" in shown
    assert "Nobody is waiting" in shown


def test_adding_again_changes_and_keeps_the_status(terminal: Terminal) -> None:
    terminal.says("add bob sip:bob@192.0.2.7 --available")

    assert "changed; now available" in terminal.says("add bob sip:bob@192.0.2.8")
    assert "sip:bob@192.0.2.8" in terminal.says("list")


def test_away_during_a_call_is_after_it_and_removing_waits_too(terminal: Terminal) -> None:
    terminal.says("add bob sip:bob@192.0.2.7 --available")
    terminal.call_connected()

    assert "bob is in a call" in terminal.refuses("remove bob")
    assert "busy, away after this call" in terminal.says("away bob")
    assert f"{AgentStatus.BUSY}, away after the call" in terminal.says("list")


def test_removing_removes(terminal: Terminal) -> None:
    terminal.says("add bob sip:bob@192.0.2.7")

    assert "bob removed" in terminal.says("remove bob")
    assert "No agents yet" in terminal.says("list")


def test_a_wrong_name_names_the_nearest(terminal: Terminal) -> None:
    terminal.says("add robert sip:bob@192.0.2.7")

    assert "Did you mean robert?" in terminal.refuses("away robbert")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("add bob 192.0.2.7", "sip:bob@192.0.2.7"),
        ("add b%b sip:bob@192.0.2.7", "letters a-z"),
        ("add bob sip:bob@192.0.2.7 --code 12a4", "3 to 16 digits"),
        ("add bob sip:bob@192.0.2.7 --pin 1357", "give --code too"),
        ("add bob sip:bob@192.0.2.7 --code 204", "is ann's"),
    ],
)
def test_a_wrong_argument_says_what_would_be_right(
    terminal: Terminal, line: str, hint: str
) -> None:
    terminal.says("add ann sip:ann@192.0.2.6 --code 204")

    assert hint in terminal.refuses(line)
    assert "bob" not in terminal.says("list")
