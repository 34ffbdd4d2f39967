"""Scoring as the console does it, over the API, on both databases."""

import csv
import io
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient

from crm.calls.entries import Change, LoggedEvent
from crm.calls.repository import store
from crm.scores.models import ScorecardVersion
from crm.staff import tokens
from crm.staff.models import Role
from voxdesk.app.calls.after import catch_up
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, EventKind
from voxdesk.kernel.clock import SystemClock

pytestmark = pytest.mark.integration

CARD = """\
title: {title}
passed_from: 60
sections:
  talk:
    title: Talk
    questions:
      polite: {{ask: Polite?}}
      clear: {{ask: Clear?, scale: 1-5, weight: 3}}
      leak: {{ask: Leak?, good: "no", fatal: true, not_applicable: true}}
"""
ALL_WELL = {
    "polite": {"value": 1},
    "clear": {"value": 5, "moment_ms": 2500, "comment": "well put"},
    "leak": {"not_applicable": True},
}


class Desk:
    """A console with a scorecard and calls, and people who score."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.cards = folder / "config" / "scorecards"
        self.cards.mkdir(parents=True)
        self.settings = Settings(config_dir=folder / "config", state_dir=folder)
        self.app = make_app(House(self.settings, database, SystemClock()))
        self.write("Talk")

    def write(self, title: str, name: str = "talk", text: str = CARD) -> None:
        (self.cards / f"{name}.yaml").write_text(text.format(title=title))

    def who(self, name: str, role: Role = Role.SUPERVISOR) -> TestClient:
        with self.database.transaction() as session:
            _, secret = tokens.make(session, name, role, now=SystemClock().now())
        headers = {"Authorization": f"Bearer {secret}"}
        return TestClient(self.app, base_url=f"http://here{PREFIX}", headers=headers)

    def call(
        self, name: str, *, days_ago: int = 0, lasted_s: int | None = None, **columns: str
    ) -> None:
        """A call that came to the step "greet", and after two seconds to "menu".

        It goes on, unless it `lasted_s`; then it may be heard.
        """
        at = datetime.now(UTC) - timedelta(days=days_ago)
        known = {"flow_name": "shop", "flow_version": "v1", "agent": "anna", **columns}
        events = [
            CallEvent(CallId(name), EventKind.INCOMING, at),
            CallEvent(CallId(name), EventKind.ANSWERED, at),
            *(
                CallEvent(CallId(name), EventKind.STEP, at, ms, {"step": step, "flow": "shop"})
                for step, ms in (("greet", 0), ("menu", 2000), ("bye", 9000))
            ),
        ]
        if lasted_s is not None:
            known["recording_path"] = f"{name}.wav"
            over = at + timedelta(seconds=lasted_s)
            events.append(
                CallEvent(CallId(name), EventKind.ENDED, over, lasted_s * 1000, {"cause": "done"})
            )
        entries = [LoggedEvent(seq, event) for seq, event in enumerate(events)]
        with self.database.transaction() as session:
            store(session, [*entries, Change(name, dict(known))])
        catch_up(self.database, library_of(self.settings))


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(database, tmp_path)
    desk.call("c1")
    yield desk
    shutil.rmtree(desk.cards)


def begun(
    who: TestClient, call: str = "c1", card: str = "talk", if_taken: str = "refuse"
) -> dict[str, Any]:
    body = {"scorecard": card, "if_taken": if_taken}
    answer = who.post(f"/calls/{call}/scorings", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def saved(who: TestClient, scoring: dict[str, Any], **given: Any) -> Any:
    body = {"revision": scoring["revision"], "answers": {}, **given}
    return who.put(f"/scorings/{scoring['id']}", json=body)


def done(who: TestClient, call: str, answers: dict[str, Any]) -> dict[str, Any]:
    scoring = saved(who, begun(who, call), answers=answers).json()
    body = {"revision": scoring["revision"]}
    finished = who.post(f"/scorings/{scoring['id']}/finish", json=body)
    assert finished.status_code == 200, finished.text
    found: dict[str, Any] = finished.json()
    return found


def test_a_call_is_scored_and_counts_where_it_was(desk: Desk) -> None:
    eve = desk.who("eve")
    scoring = begun(eve)
    assert (scoring["state"], scoring["total"], scoring["number"]) == ("draft", None, 1)

    draft = saved(eve, scoring, answers={"clear": {"value": 3}}, comment="later").json()
    assert (draft["total"], draft["missing"]) == (50.0, ["polite", "leak"])
    refused = eve.post(f"/scorings/{scoring['id']}/finish", json={"revision": draft["revision"]})
    assert refused.status_code == 422
    assert "polite, leak" in refused.json()["message"]
    assert eve.get("/scores/results").json() == []

    whole = saved(eve, draft, answers=ALL_WELL).json()
    assert whole["answers"]["clear"]["step"] == "menu"
    finished = eve.post(f"/scorings/{whole['id']}/finish", json={"revision": whole["revision"]})
    assert (finished.json()["total"], finished.json()["passed"]) == (100.0, True)

    def results(by: str, **given: str) -> list[tuple[object, ...]]:
        rows = eve.get("/scores/results", params={"by": by, **given}).json()
        return [(row["name"], row["part"], row["count"], row["mean"]) for row in rows]

    assert results("agent") == [("anna", "", 1, 100.0)]
    assert results("flow_version") == [("shop", "v1", 1, 100.0)]
    assert results("step") == [("shop", "menu", 1, 100.0)]
    assert results("question") == [
        ("talk", "clear", 1, 100.0), ("talk", "leak", 0, None), ("talk", "polite", 1, 100.0),
    ]  # fmt: skip
    assert [row[2] for row in results("day")] == [1]
    assert results("agent", flow="bank") == []


def test_each_person_has_their_own(desk: Desk) -> None:
    eve, mallory = desk.who("eve"), desk.who("mallory")
    hers = begun(eve)
    begun(mallory, if_taken="beside")
    done(mallory, "c1", {**ALL_WELL, "polite": {"value": 0}})

    seen = eve.get("/calls/c1/scorings").json()
    assert [(one["scorer"], one["mine"]) for one in seen] == [("eve", True), ("mallory", False)]
    assert [one["scorer"] for one in mallory.get("/calls/c1/scorings").json()] == ["mallory"]
    assert mallory.get(f"/scorings/{hers['id']}").status_code == 404
    refused = saved(mallory, hers, answers=ALL_WELL)
    assert (refused.status_code, refused.json()["code"]) == (409, "score_taken")
    assert eve.get(f"/scorings/{hers['id']}").json()["answers"] == {}


def test_the_second_one_at_a_call_is_told_and_chooses(desk: Desk) -> None:
    eve, mallory, trudy = desk.who("eve"), desk.who("mallory"), desk.who("trudy")
    hers = saved(eve, begun(eve), answers={"clear": {"value": 4, "comment": "calm"}}).json()

    told = mallory.post("/calls/c1/scorings", json={"scorecard": "talk"})
    assert (told.status_code, told.json()["code"]) == (409, "score_taken")
    assert "eve is scoring this call" in told.json()["message"]
    theirs = begun(trudy, if_taken="take_over")
    assert (theirs["id"], theirs["mine"]) == (hers["id"], True)
    assert theirs["answers"]["clear"]["comment"] == "calm"
    late = saved(eve, hers, answers=ALL_WELL)
    assert (late.status_code, late.json()["code"]) == (409, "score_taken")
    assert "trudy's" in late.json()["message"]
    assert begun(mallory, if_taken="beside")["answers"] == {}
    own = saved(eve, begun(eve, if_taken="beside"), answers=ALL_WELL)
    assert own.json()["total"] == 100.0
    body = {"revision": theirs["revision"]}
    assert trudy.delete(f"/scorings/{theirs['id']}", params=body).status_code == 204


def test_two_windows_of_one_person_lose_nothing(desk: Desk) -> None:
    eve = desk.who("eve")
    scoring = begun(eve)
    assert begun(eve)["id"] == scoring["id"]
    first = saved(eve, scoring, answers={"clear": {"value": 4}})
    again = saved(eve, scoring, answers={"clear": {"value": 4}})
    second = saved(eve, scoring, answers={"clear": {"value": 2}, "polite": {"value": 1}})

    assert first.status_code == 200
    assert again.json()["revision"] == first.json()["revision"], "sent twice, not two changes"
    assert (second.status_code, second.json()["code"]) == (409, "score_conflict")
    assert '"clear" is 4 there, and 2 here' in second.json()["message"]
    kept = eve.get(f"/scorings/{scoring['id']}").json()
    assert kept["answers"]["clear"]["value"] == 4
    late = eve.post(f"/scorings/{scoring['id']}/finish", json={"revision": scoring["revision"]})
    assert late.status_code == 409


def test_a_scorecard_changed_in_use_stays_what_it_was(desk: Desk) -> None:
    eve, mallory = desk.who("eve"), desk.who("mallory")
    scoring = saved(eve, begun(eve), answers=ALL_WELL).json()
    desk.write("Talk", text=CARD.replace("scale: 1-5, ", "").replace("polite", "kind"))

    seen = eve.get(f"/scorings/{scoring['id']}").json()
    assert seen["newer"]
    assert seen["scorecard"]["sections"][0]["questions"][0]["name"] == "polite"
    other = begun(mallory, if_taken="beside")
    assert (other["number"], other["newer"]) == (2, False)

    body = {"revision": seen["revision"]}
    renewed = eve.post(f"/scorings/{scoring['id']}/renew", json=body).json()
    assert (renewed["number"], renewed["newer"]) == (2, False)
    assert set(renewed["answers"]) == {"leak"}, "what still can be an answer"
    with desk.database.reading() as session:
        assert session.query(ScorecardVersion).count() == 2


def test_a_finished_one_is_changed_only_when_opened_again(desk: Desk) -> None:
    eve = desk.who("eve")
    scoring = done(eve, "c1", ALL_WELL)
    assert saved(eve, scoring, answers={}).status_code == 422
    path = f"/scorings/{scoring['id']}"
    assert eve.delete(path, params={"revision": scoring["revision"]}).status_code == 422

    draft = eve.post(f"{path}/reopen", json={"revision": scoring["revision"]}).json()
    assert draft["state"] == "draft"
    assert eve.get("/scores").json()["scores"] == []
    assert eve.delete(path, params={"revision": draft["revision"]}).status_code == 204
    assert eve.get(path).status_code == 404
    assert eve.get("/calls/c1/scorings").json() == []


def test_what_cannot_be_an_answer_is_refused(desk: Desk) -> None:
    eve = desk.who("eve")
    scoring = begun(eve)
    for answers, wrong in (
        ({"clear": {"value": 6}}, '"clear" is answered by 6; it takes 1 to 5'),
        ({"polite": {"not_applicable": True}}, "applies to every call"),
        ({"nobody": {"value": 1}}, 'no question "nobody"'),
    ):
        refused = saved(eve, scoring, answers=answers)
        assert refused.status_code == 422
        assert wrong in refused.json()["message"]
    assert saved(eve, scoring, answers={"clear": {"moment_ms": -1}}).status_code == 422
    assert eve.post("/calls/nobody/scorings", json={"scorecard": "talk"}).status_code == 404
    for name in ("nobody", "../talk", "talk.yaml"):
        assert eve.post("/calls/c1/scorings", json={"scorecard": name}).status_code == 404
    desk.write("Broken", "broken", "title: {title}\n")
    broken = eve.post("/calls/c1/scorings", json={"scorecard": "broken"})
    assert (broken.status_code, broken.json()["code"]) == (422, "scorecard")
    assert "broken.yaml:1:1" in broken.json()["message"]
    listed = {one["name"]: len(one["problems"]) for one in eve.get("/scorecards").json()}
    assert listed == {"broken": 1, "talk": 0}


def test_calls_to_score_are_drawn_from_everybody_in_turn(desk: Desk) -> None:
    eve = desk.who("eve")
    for number in range(6):
        desk.call(f"a{number}", lasted_s=60)
    for number in range(2):
        desk.call(f"b{number}", lasted_s=60, agent="ben", flow_name="bank")
    desk.call("short", lasted_s=5, agent="cora")
    desk.call("old", lasted_s=60, days_ago=60, agent="dan")

    def drawn(**params: str | int) -> list[dict[str, Any]]:
        answer = eve.get("/scores/sample", params={"scorecard": "talk", **params})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    assert {one["id"] for one in drawn()} == {*(f"a{n}" for n in range(6)), "b0", "b1"}
    assert "short" in {one["id"] for one in drawn(shortest_s=0)}
    for _ in range(5):
        assert sorted(one["agent"] for one in drawn(count=4, spread="agent")) == [
            "anna",
            "anna",
            "ben",
            "ben",
        ]
    assert {one["agent"] for one in drawn(agent="ben", spread="any")} == {"ben"}
    assert {one["flow"] for one in drawn(flow="bank", spread="flow")} == {"bank"}

    # Who has been scored comes later, and what somebody has begun comes no more.
    begun(eve, "b0")
    done(eve, "b1", ALL_WELL)
    assert {one["agent"] for one in drawn()} == {"anna"}
    desk.call("b2", lasted_s=60, agent="ben")
    turn = drawn(count=2, spread="agent")
    assert [one["agent"] for one in turn] == ["anna", "anna"], "ben has been scored twice"
    desk.call("machine", lasted_s=60, agent="")
    assert "machine" not in {one["id"] for one in drawn(spread="agent")}
    assert len({one["id"] for one in drawn(scorecard="other")}) == 10

    at = eve.get("/scores/desk").json()
    assert [one["call_id"] for one in at["drafts"]] == ["b0"]
    assert at["today"] == at["week"] == {"count": 1, "mean": 100.0}
    assert desk.who("ada", Role.AUDITOR).get("/scores/sample").status_code == 403


def test_each_ones_way_over_time_and_weak_points(desk: Desk) -> None:
    eve = desk.who("eve")
    desk.call("old", days_ago=20)
    desk.call("ben", agent="ben")
    done(eve, "old", {**ALL_WELL, "polite": {"value": 0}})
    done(eve, "c1", ALL_WELL)
    done(eve, "ben", ALL_WELL)

    def results(**params: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = eve.get("/scores/results", params=params).json()
        return found

    way = results(by="agent", over="week")
    assert [(one["name"], one["mean"]) for one in way] == [
        ("anna", 75.0), ("anna", 100.0), ("ben", 100.0),
    ]  # fmt: skip
    assert all(date.fromisoformat(one["part"]).weekday() == 0 for one in way)
    weak = {(one["name"], one["part"]): one["mean"] for one in results(by="agent_question")}
    assert weak["anna", "polite"] == 50.0
    assert weak["ben", "polite"] == 100.0
    refused = eve.get("/scores/results", params={"by": "question", "over": "week"})
    assert (refused.status_code, refused.json()["code"]) == (422, "score_refused")
    params = {"format": "csv", "by": "agent", "over": "month"}
    assert b"agent,month,count" in eve.get("/scores/results/file", params=params).content


def test_who_may_not_score_may_not(desk: Desk) -> None:
    auditor = desk.who("ada", Role.AUDITOR)
    assert auditor.get("/calls/c1/scorings").status_code == 200
    assert auditor.post("/calls/c1/scorings", json={"scorecard": "talk"}).status_code == 403
    for role in (Role.AGENT, Role.OPS):
        client = desk.who(role, role)
        for path in ("/scores", "/scores/results", "/scorecards", "/calls/c1/scorings"):
            assert client.get(path).status_code == 403


def test_scores_leave_as_files_that_no_spreadsheet_runs(desk: Desk) -> None:
    eve = desk.who("eve")
    answers = {**ALL_WELL, "polite": {"value": 1, "comment": "=1+1"}}
    done(eve, "c1", answers)
    desk.call("old", days_ago=60)
    done(eve, "old", answers)

    def lines(**params: str) -> list[list[str]]:
        answer = eve.get("/scores/file", params={"format": "csv", **params})
        assert answer.headers["content-disposition"].endswith('.csv"')
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert [row[1] for row in lines()[1:]] == ["c1"]
    told = lines(what="answers")
    assert len(told) == 1 + 3
    row = dict(zip(told[0], next(row for row in told if "polite" in row), strict=True))
    assert row["comment"] == "'=1+1"
    whole = eve.get("/scores/file", params={"format": "xlsx", "what": "answers"})
    with ZipFile(io.BytesIO(whole.content)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    by = eve.get("/scores/results/file", params={"format": "csv", "by": "agent"})
    assert b"anna,,1,100.0" in by.content
    since = (datetime.now(UTC) - timedelta(days=70)).date().isoformat()
    assert len(eve.get("/scores", params={"since": since}).json()["scores"]) == 2
    first = eve.get("/scores", params={"since": since, "limit": 1}).json()
    second = eve.get("/scores", params={"since": since, "limit": 1, "before": first["next"]}).json()
    assert [one["scores"][0]["call_id"] for one in (first, second)] == ["old", "c1"]
    assert second["next"] is None
