"""Pictures as the console asks for them, over the API."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from crm.calls.entries import Change, LoggedEvent
from crm.calls.repository import store
from crm.staff import tokens
from crm.staff.models import Role
from voxdesk.app.figures.counting import Counter
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.settings import Settings
from voxdesk.app.time_zone import zone_of
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, EventKind
from voxdesk.kernel.clock import SystemClock

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC)


@pytest.fixture
def watcher(database: Database, tmp_path: Path) -> TestClient:
    settings = Settings(
        config_dir=tmp_path, state_dir=tmp_path, console={"time_zone": "Asia/Shanghai"}
    )
    for number, days_ago in enumerate((0, 1, 1, 40)):
        _call(database, f"c{number}", NOW - timedelta(days=days_ago))
    Counter(database, zone_of(settings)).catch_up(now=NOW)
    with database.transaction() as session:
        _, secret = tokens.make(session, "olga", Role.OPS, now=NOW)
    app = make_app(House(settings, database, SystemClock()))
    headers = {"Authorization": f"Bearer {secret}"}
    return TestClient(app, base_url=f"http://here{PREFIX}", headers=headers)


def _call(database: Database, name: str, at: datetime) -> None:
    data: dict[str, Any] = {"step": "menu", "flow": "shop"}
    kinds = (
        (EventKind.INCOMING, {}), (EventKind.ANSWERED, {}), (EventKind.STEP, data),
        (EventKind.HEARD, {"turn": 1, "speech_end_ms": 1000}), (EventKind.NO_MATCH, data),
        (EventKind.HEARD, {"turn": 2, "speech_end_ms": 4000}),
        (EventKind.PROMPT, {"turn": 2, "first_audio_ms": 4700}),
        (EventKind.UNDERSTOOD, data), (EventKind.ENDED, {"cause": "hung_up"}),
    )  # fmt: skip
    events = [CallEvent(CallId(name), kind, at, 0, told) for kind, told in kinds]
    entries = [LoggedEvent(seq, event) for seq, event in enumerate(events)]
    columns = {"flow_name": "shop", "flow_version": "v1", "language": "en"}
    with database.transaction() as session:
        store(session, [*entries, Change(name, columns)])


def test_a_time_is_drawn_with_the_time_before(watcher: TestClient) -> None:
    found = watcher.get("/pictures").json()

    assert found["zone"] == "Asia/Shanghai"
    assert len(found["periods"]) == 30
    assert [one["figures"]["calls"] for one in found["periods"][-2:]] == [2, 1]
    assert found["periods"][-1]["partial"]
    assert not found["periods"][-2]["partial"]
    assert found["total"]["calls"] == 3
    assert found["total"]["no_match"] == 0.5
    assert found["total"]["latency_p95_ms"] == pytest.approx(700, rel=0.026)
    assert found["before"] is None, "figures don't reach back so far"
    assert found["steps"][0]["step"] == "menu"
    assert sum(map(sum, found["heat"]["calls"])) == 3
    assert not found["waiting"]
    shop = {"flow": "shop", "version": "v1"}
    assert (found["flows"], found["versions"]) == (["shop"], [shop])
    nothing = watcher.get("/pictures", params={"flow": "bank"}).json()
    assert nothing["total"]["calls"] == 0
    assert nothing["total"]["containment"] is None
    assert nothing["flows"] == ["shop"], "so that another one can be chosen"


def test_a_shorter_time_is_compared_with_as_many_days_before(watcher: TestClient) -> None:
    last = (NOW + timedelta(hours=8)).date()
    days = {"since": str(last - timedelta(days=9)), "until": str(last)}
    found = watcher.get("/pictures", params={**days, "by": "week"}).json()

    assert found["before"]["calls"] == 0
    assert found["before_last"] == str(last - timedelta(days=10))
    assert sum(one["figures"]["calls"] for one in found["periods"]) == 3


def test_each_picture_has_its_file(watcher: TestClient) -> None:
    pictures = (
        "volume", "outcomes", "containment", "latency", "reasons", "contentment",
        "understanding", "heat",
    )  # fmt: skip
    for picture in pictures:
        for kind in ("csv", "xlsx"):
            params = {"picture": picture, "format": kind}
            answer = watcher.get("/pictures/file", params=params)
            assert answer.status_code == 200, answer.text
            assert f".{kind}" in answer.headers["content-disposition"]
    answer = watcher.get("/pictures/file", params={"picture": "volume", "format": "csv"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[0][:4] == ["first", "last", "partial", "calls"]
    assert len(lines) == 31
    assert lines[-1][2:4] == ["yes", "1"]


def test_times_that_make_no_sense_are_refused(watcher: TestClient) -> None:
    for params in (
        {"since": "2026-02-01", "until": "2026-01-01"},
        {"since": "2020-01-01", "until": "2026-01-01"},
        {"since": "0001-01-01"},
        {"by": "hour"},
        {"flow": "x" * 300},
    ):
        assert watcher.get("/pictures", params=params).status_code == 422
    future = watcher.get("/pictures", params={"since": "2999-12-01", "until": "2999-12-31"})
    assert (future.status_code, future.json()["periods"]) == (200, [])
    past = watcher.get("/pictures", params={"until": "1970-01-01"})
    assert past.json()["total"]["calls"] == 0
