"""`voxdesk serve` as a person types it, without serving."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voxdesk.app import cli
from voxdesk.app.settings import load_settings

pytestmark = pytest.mark.unit


def test_lines_on_the_command_line_win_over_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines: list[int] = []
    monkeypatch.setattr(
        "voxdesk.app.cli.os.execv", lambda *_: engines.append(load_settings().sip.lines)
    )
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("VOXDESK_SIP__LINES", "3")
    shell = CliRunner()

    assert shell.invoke(cli.app, ["serve"]).exit_code == 0
    assert shell.invoke(cli.app, ["serve", "--lines", "5"]).exit_code == 0

    assert engines == [3, 5]
    assert os.environ["VOXDESK_SIP__LINES"] == "5"
    assert shell.invoke(cli.app, ["serve", "--lines", "99"]).exit_code == 2
    assert len(engines) == 2
