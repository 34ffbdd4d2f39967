"""`voxdesk surveys` as ops staff use it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crm.calls.entries import Change, LoggedEvent
from crm.calls.repository import store
from voxdesk.app.cli import app
from voxdesk.app.database import opened
from voxdesk.kernel.call import CallEvent, CallId, EventKind

pytestmark = pytest.mark.integration


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path / 'voxdesk.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("VOXDESK_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("VOXDESK_DATABASE__URL", address)
    monkeypatch.delenv("VOXDESK_CONFIG", raising=False)
    return address


def answered(url: str, values: list[int], *, version: str = "v1", comment: str = "") -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    with opened(url) as database, database.transaction() as session:
        for number, value in enumerate(values):
            name = f"{version}-{number}"
            said = {"survey": "nps", "step": "rating", "state": "answered"}
            data = [{**said, "question": "recommend", "value": value}]
            data += [{**said, "question": "comment", "text": comment}] if comment else []
            events = [CallEvent(CallId(name), EventKind.SURVEY, at, data=one) for one in data]
            entries = [LoggedEvent(seq, event) for seq, event in enumerate(events)]
            flow = Change(name, {"flow_name": "shop", "flow_version": version})
            store(session, [*entries, flow])


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["surveys", *arguments], env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    return result.output


def test_scores_are_shown_by_flow_and_by_version(url: str) -> None:
    answered(url, [10] * 25 + [8] * 10 + [3] * 5)
    answered(url, [2, 9], version="v2")

    whole = run()
    assert "shop  rating  nps" in whole
    assert "+48" in whole
    assert "42 (100%)" in whole
    by_version = run("--by", "version")
    assert "v1" in by_version
    assert "(0)" in by_version, "two answers say little"
    assert "fewer than 30 answers" in by_version
    data = json.loads(run("shop", "--by", "version", "--json"))
    assert [(one["group"], one["answered"]) for one in data] == [("v1", 40), ("v2", 2)]
    assert "No caller was asked" in run("bank")
    assert "No caller was asked" in run("--since", "2020-01-01", "--until", "2020-12-31")


def test_comments_are_listed(url: str) -> None:
    answered(url, [9], comment="很好, \x1b[31mthank you")

    assert "\x1b" not in run("--comments")
    assert "很好, " in run("--comments")
    assert json.loads(run("--comments", "--json"))[0]["text"].startswith("很好")
