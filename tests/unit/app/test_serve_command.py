"""`voxdesk serve` as a person types it, without serving."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from voxdesk.app import cli
from voxdesk.app import serve as server
from voxdesk.app.settings import Settings

pytestmark = pytest.mark.unit


def test_lines_on_the_command_line_win_over_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Settings] = []

    async def serve(settings: Settings) -> None:
        seen.append(settings)

    monkeypatch.setattr(server, "serve", serve)
    monkeypatch.setattr(server, "configure_logging", lambda _: None)
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("VOXDESK_SIP__LINES", "3")
    shell = CliRunner()

    assert shell.invoke(cli.app, ["serve", "--lines", "5"]).exit_code == 0
    assert shell.invoke(cli.app, ["serve"]).exit_code == 0
    assert [settings.sip.lines for settings in seen] == [5, 3]
    assert shell.invoke(cli.app, ["serve", "--lines", "99"]).exit_code == 2
