"""The console as a process: it answers, keeps strangers out, and ends when it is told to."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from voxdesk.app.cli import app

pytestmark = pytest.mark.integration

WITHIN_S = 30.0


class Console:
    def __init__(self, folder: Path, *arguments: str) -> None:
        self.environment = {
            **os.environ,
            "VOXDESK_STATE_DIR": str(folder),
            "VOXDESK_CONFIG_DIR": str(Path("config").resolve()),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "voxdesk.app.cli", "console", *arguments],
            stderr=subprocess.PIPE,
            env=self.environment,
            text=True,
        )
        self.said = ""

    def address(self) -> str:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            if found := re.search(r"http://\S+/api/v1", line):
                return found[0]
        raise AssertionError("the console ended before it answered")

    def token(self) -> str:
        command = [sys.executable, "-m", "voxdesk.app.cli", "tokens", "create", "robot"]
        made = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=WITHIN_S,
            check=True,
        )  # fmt: skip
        return made.stdout.strip()


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    started = Console(tmp_path, "--port", "0")
    yield started
    started.process.kill()
    started.process.communicate()


def get(url: str, token: str = "") -> object:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:  # noqa: S310  our own server
        return json.load(answer)


@pytest.mark.timeout(120)
def test_whoever_has_a_token_sees_the_flows_and_sigterm_ends_it(console: Console) -> None:
    address = console.address()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        get(f"{address}/flows", "vxd_wrong")
    flows = get(f"{address}/flows", console.token())
    assert isinstance(flows, list)
    assert "shop" in {flow["name"] for flow in flows}
    console.process.send_signal(signal.SIGTERM)
    assert console.process.wait(WITHIN_S) in {0, -signal.SIGTERM}


@pytest.mark.timeout(120)
def test_a_port_that_is_taken_is_told_in_a_sentence(console: Console, tmp_path: Path) -> None:
    port = re.search(r":(\d+)/", console.address())
    assert port is not None
    second = Console(tmp_path, "--port", port[1])
    _, said = second.process.communicate(timeout=WITHIN_S)
    assert second.process.returncode == 2
    assert f"{port[1]} can't be listened on" in said
    assert "Traceback" not in said


@pytest.mark.timeout(120)
def test_whoever_starts_it_first_is_told_how_to_become_its_administrator(console: Console) -> None:
    console.address()

    def staff(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["staff", *arguments], env=console.environment)

    link = re.search(r"http://\S+/first#\S+", console.said)
    assert link is not None
    anew = staff("first-link").stdout.strip()
    assert anew.startswith("http://127.0.0.1:8080/first#")
    assert anew != link[0]
    assert "/password#" in staff("add", "Anna", "--role", "ops").stdout
    assert "already" in str(staff("add", "anna", "--role", "ops").exception)
    assert "auditor" in staff("role", "anna", "auditor").stdout
    assert "invited" in staff("list").stdout
    assert staff("reset", "anna").exit_code == 0
    staff("disable", "anna")
    assert "disabled" in staff("list").stdout
    assert "no account" in str(staff("enable", "eve").exception)
