"""Calls as the console's pages get them, on a real database and real recordings."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from typer.testing import CliRunner

from crm.audit.models import Act, AuditEntry
from crm.calls.entries import LoggedEvent, NewCall, opening
from crm.calls.models import Call
from crm.calls.repository import store
from crm.staff import tokens
from crm.staff.models import Role
from recordings.sealed.file import SealedFile, sealed_path
from recordings.wav_file import WavFile
from tests.fixtures.told_calls import ANSWERED_AT, event
from voxdesk.app.calls.after import catch_up
from voxdesk.app.commands import calls
from voxdesk.app.database import prepare
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.recordings_kept import key_file_of, library_of
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind
from voxdesk.kernel.clock import SystemClock

pytestmark = pytest.mark.integration

SCRIPT = "<script>alert(1)</script>"


class Desk:
    """An installation with calls, and clients of every role."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(config_dir=folder, state_dir=folder)
        prepare(self.settings.database_url)
        self.database = Database(self.settings.database_url)
        self.app = make_app(House(self.settings, self.database, SystemClock()))
        self._made = 0

    def client(self, role: Role = Role.SUPERVISOR, name: str = "") -> TestClient:
        with self.database.transaction() as session:
            _, secret = tokens.make(session, name or role, role, now=SystemClock().now())
        return TestClient(
            self.app,
            base_url=f"http://here{PREFIX}",
            headers={"Authorization": f"Bearer {secret}"},
            raise_server_exceptions=False,
        )

    def call(
        self, said: str, *, seconds: float = 0, told: str = "How can I help?", **columns: Any
    ) -> str:
        self._made += 1
        call_id = CallId(f"{self._made:012x}")
        started = ANSWERED_AT + timedelta(hours=self._made)
        name = f"2026/03/29/{call_id}.wav" if seconds else ""
        if seconds:
            file = WavFile(self.settings.state_dir / "recordings" / name, 8000)
            sound = np.zeros((int(8000 * seconds), 2), np.int16)
            sound[:800, 0], sound[-800:, 1] = 12_000, -32_768
            file.write(0, sound)
            file.close()
        log = [
            event(EventKind.ANSWERED, 0, call_id),
            event(EventKind.STEP, 0, call_id, step="menu", flow="shop"),
            event(EventKind.PROMPT, 0, call_id, text=told, utterance=1, first_audio_ms=0),
            event(EventKind.PROMPT_FINISHED, 1500, call_id, utterance=1),
            event(
                EventKind.HEARD, 3400, call_id, turn=1, text=said, speech_start_ms=2000,
                speech_end_ms=3000,
            ),
            event(EventKind.NO_MATCH, 3400, call_id, step="menu"),
            event(EventKind.ENDED, 9000, call_id, cause="caller_hung_up"),
        ]  # fmt: skip
        moved = [
            CallEvent(
                one.call_id, one.kind, one.at + (started - ANSWERED_AT), one.audio_ms, one.data
            )
            for one in log
        ]
        new = NewCall(
            call_id, Direction.INBOUND, started, caller="+15550100", caller_name="Ana",
            flow_name="shop", language="en",
        )  # fmt: skip
        with self.database.transaction() as session:
            store(session, [opening(new), *(LoggedEvent(n, one) for n, one in enumerate(moved))])
            call = session.get_one(Call, call_id)
            call.recording_path = name
            for column, value in columns.items():
                setattr(call, column, value)
        assert catch_up(self.database, library_of(self.settings)) == 1
        return call_id

    def acts(self) -> list[tuple[str, str]]:
        with self.database.reading() as session:
            query = select(AuditEntry.act, AuditEntry.of).order_by(AuditEntry.id)
            return [(act, of) for act, of in session.execute(query)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.database.close()


def test_calls_are_listed_found_and_noted(desk: Desk) -> None:
    first, second = desk.call("where is my order"), desk.call("I want a refund")
    client = desk.client()

    listed = client.get("/calls").json()
    assert [line["id"] for line in listed["calls"]] == [second, first]
    assert (listed["total"], listed["more"], listed["next"]) == (2, False, None)
    assert listed["calls"][0]["facts"]["no_matches"] == 1
    found = client.get("/calls", params={"q": '"my order" no-match:1 flow:shop'}).json()
    assert [line["id"] for line in found["calls"]] == [first]
    assert (Act.SEARCHED, "calls") in desk.acts()
    assert client.get("/calls", params={"customer": "nobody"}).json()["calls"] == []


def test_calls_whose_caller_was_not_told_of_the_recording_are_found(desk: Desk) -> None:
    told = desk.call("where is my order", told="This call is recorded.", recording_path="a.wav")
    silent = desk.call("where is my order", recording_path="b.wav")
    desk.call("where is my order")
    client = desk.client()

    def found(**asked: str) -> list[str]:
        return [line["id"] for line in client.get("/calls", params=asked).json()["calls"]]

    assert found(consent="not_told", recorded="true") == [silent]
    assert found(q="consent:not-told recorded:yes order") == [silent]
    assert found(consent="heard") == [told]
    assert found(consent="cut_short") == []
    asked = {"consent": "heard"}
    table = client.get("/calls/export", params=asked).content.decode("utf-8-sig")
    assert [row["consent"] for row in csv.DictReader(io.StringIO(table))] == ["heard"]


def test_pages_follow_one_another(desk: Desk) -> None:
    made = [desk.call("hello") for _ in range(5)]
    client = desk.client()

    found: list[str] = []
    after = ""
    while True:
        page = client.get("/calls", params={"q": "hello", "limit": 2, "after": after}).json()
        found += [line["id"] for line in page["calls"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert found == made[::-1]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"q": "ref*"}, "no patterns"),
        ({"q": "a" * 401}, "at most 400"),
        ({"q": "since:yesterday"}, "no time"),
        ({"q": "silence:long"}, "no such number"),
        ({"q": "recorded:maybe"}, "yes or no"),
        ({"q": "consent:perhaps"}, "heard, cut_short, not_told"),
        ({"q": "flow:a flow:b"}, "twice"),
        ({"q": "version:17"}, "No flow was published as version 17"),
        ({"after": "bm9uc2Vuc2U"}, "damaged"),
        ({"colour": "red"}, "colour"),
        ({"limit": 100_000}, "limit"),
        ({"since": "2026-01-01T00:00:00"}, "since"),
    ],
)
def test_what_can_not_be_asked_is_said(desk: Desk, asked: dict[str, str], says: str) -> None:
    answer = desk.client().get("/calls", params=asked)

    assert answer.status_code == 422
    assert says in answer.json()["message"]


def test_one_call_in_full(desk: Desk) -> None:
    call_id = desk.call(SCRIPT, seconds=9)
    client = desk.client()

    call = client.get(f"/calls/{call_id}").json()
    assert call["steps"] == ["menu"]
    assert call["sound"] == {"state": "ready", "seconds": 9.0, "message": ""}
    said = client.get(f"/calls/{call_id}/transcript").json()
    assert [one["side"] for one in said["segments"]] == ["voxdesk", "caller"]
    assert said["segments"][1]["text"] == SCRIPT
    assert said["segments"][1]["words"][0][1:] == [2000, 3000]
    kinds = [one["kind"] for one in client.get(f"/calls/{call_id}/markers").json()]
    assert {"step", "no_match", "silence"} <= set(kinds)
    shape = client.get(f"/calls/{call_id}/waveform").json()
    assert shape["seconds"] == 9.0
    assert len(shape["caller"]) == len(shape["answer"]) == 450
    assert (shape["caller"][0], shape["caller"][-1]) == (93, 0)
    assert (shape["answer"][0], shape["answer"][-1]) == (0, 255)
    assert (Act.READ_CALL, f"call {call_id}") in desk.acts()


def test_the_sound_comes_in_stretches_and_is_noted_once(desk: Desk) -> None:
    call_id = desk.call("hello", seconds=2)
    client, url = desk.client(), f"/calls/{call_id}/recording"

    whole = client.get(url)
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.content[:4] == b"RIFF"
    part = client.get(url, headers={"Range": "bytes=44-143"})
    assert (part.status_code, part.content) == (206, whole.content[44:144])
    assert part.headers["content-range"] == f"bytes 44-143/{len(whole.content)}"
    assert client.get(url, headers={"Range": "bytes=-10"}).content == whole.content[-10:]
    assert client.get(url, headers={"Range": "bytes=999999-"}).status_code == 416
    assert client.get(url, headers={"Range": "lines=1-2"}).content == whole.content
    assert desk.acts().count((Act.HEARD_RECORDING, f"call {call_id}")) == 1


@pytest.mark.parametrize(
    ("data", "state"), [(None, "missing"), (b"", "damaged"), (b"RIFF" + bytes(60), "damaged")]
)
def test_without_its_sound_a_call_is_still_read(desk: Desk, data: bytes | None, state: str) -> None:
    call_id = desk.call("hello", seconds=1)
    (path,) = (desk.settings.state_dir / "recordings").rglob("*.wav")
    path.unlink() if data is None else path.write_bytes(data)
    client = desk.client()

    sound = client.get(f"/calls/{call_id}").json()["sound"]
    assert sound["state"] == state
    assert "still here" in sound["message"]
    shape = client.get(f"/calls/{call_id}/waveform")
    assert (shape.status_code, "recording" in shape.json()["message"]) == (404, True)
    assert client.get(f"/calls/{call_id}/transcript").json()["segments"]


@pytest.mark.parametrize(
    ("trouble", "state"),
    [("none", "ready"), ("cut", "cut"), ("lost key", "locked"), ("wrong key", "locked")],
)
def test_a_sealed_recording_says_what_is_wrong_with_it(
    desk: Desk, trouble: str, state: str
) -> None:
    call_id, path = sealed(desk)
    keys = key_file_of(desk.settings).path
    if trouble == "cut":
        path.write_bytes(path.read_bytes()[:-20_000])
    elif trouble != "none":
        keys.unlink()
    if trouble == "wrong key":
        key_file_of(desk.settings).add()

    sound = desk.client().get(f"/calls/{call_id}").json()["sound"]
    heard = desk.client(Role.AUDITOR).get(f"/calls/{call_id}/recording")

    assert sound["state"] == state
    assert (sound["message"] == "") == (trouble == "none")
    assert heard.status_code == (503 if "key" in trouble else 200)


def test_a_recording_that_is_damaged_in_its_middle_is_heard_around_it_and_says_where(
    desk: Desk,
) -> None:
    call_id, path = sealed(desk)
    client, url = desk.client(), f"/calls/{call_id}/recording"
    with desk.database.transaction() as session:
        session.get_one(Call, call_id).ended_at = ANSWERED_AT
    whole = client.get(url).content
    assert client.get(f"/calls/{call_id}/waveform").json()["damaged"] == []
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 9] = b"123456789"
    path.write_bytes(data)

    hurt = client.get(url).content

    assert len(hurt) == len(whole)
    differs = np.frombuffer(whole[44:], "<i2") != np.frombuffer(hurt[44:], "<i2")
    first, last = np.flatnonzero(differs)[[0, -1]] / 2 / 16.0
    assert 4250 <= first < last < 4500.1, "a quarter of a second, of nine"
    stand_in = np.frombuffer(hurt[44:], "<i2")[differs]
    assert 0 < np.abs(stand_in.astype(int)).max() <= 1000
    shown = client.get(f"/calls/{call_id}/waveform").json()
    assert shown["damaged"] == [{"start_ms": 4250, "end_ms": 4500}]
    assert shown["seconds"] == 9.0


def sealed(desk: Desk) -> tuple[str, Path]:
    """A call of nine seconds, and the file of its recording."""
    call_id = desk.call("hello")
    name = f"2026/03/29/{call_id}.wav"
    path = sealed_path(desk.settings.state_dir / "recordings" / name)
    file = SealedFile(path, name, key_file_of(desk.settings).ready(), 16_000)
    file.write(0, np.full((16_000 * 9, 2), 5000, np.int16))
    file.close()
    with desk.database.transaction() as session:
        session.get_one(Call, call_id).recording_path = name
    return call_id, path


def test_originals_are_for_few_and_with_a_reason(desk: Desk) -> None:
    url = f"/calls/{desk.call('hello')}/transcript?original=true"

    assert desk.client().get(url).status_code == 403
    auditor = desk.client(Role.AUDITOR)
    assert auditor.get(url).status_code == 422
    seen = auditor.get(url + "&reason=a complaint")
    assert seen.json()["original"] is True
    assert Act.SAW_ORIGINAL in [act for act, _ in desk.acts()]


def test_comments_are_their_authors(desk: Desk) -> None:
    url = f"/calls/{desk.call('hello')}/comments"
    mine, others = desk.client(name="Maria"), desk.client(name="Omar")

    made = mine.post(url, json={"text": f"Well said {SCRIPT}", "at_ms": 2000})
    assert made.status_code == 201
    one = f"{url}/{made.json()['id']}"
    assert others.put(one, json={"text": "no"}).status_code == 403
    assert others.delete(one).status_code == 403
    assert mine.put(one, json={"text": "Better"}).json()["changed_at"] is not None
    (seen,) = others.get(url).json()
    assert (seen["text"], seen["author"], seen["mine"], seen["at_ms"]) == (
        "Better", "Maria", False, None,
    )  # fmt: skip
    assert desk.client(Role.AUDITOR).post(url, json={"text": "x"}).status_code == 403
    assert mine.post(url, json={"text": "  "}).status_code == 422
    assert mine.delete(one).status_code == 204
    assert mine.get(url).json() == []
    assert mine.delete(one).status_code == 404


def test_searches_are_kept_and_shared(desk: Desk) -> None:
    mine, others = desk.client(name="Maria"), desk.client(name="Omar")
    mine.post("/saved-searches", json={"name": "Late", "query": "q=late"})
    shared = {"name": "Slow", "query": "slow_turns=1", "shared": True}
    number = mine.post("/saved-searches", json=shared).json()["id"]
    mine.post("/saved-searches", json={"name": "Late", "query": "q=too+late"})

    assert [(one["name"], one["query"]) for one in mine.get("/saved-searches").json()] == [
        ("Late", "q=too+late"),
        ("Slow", "slow_turns=1"),
    ]
    assert [one["name"] for one in others.get("/saved-searches").json()] == ["Slow"]
    assert others.delete(f"/saved-searches/{number}").status_code == 403
    assert mine.delete(f"/saved-searches/{number}").status_code == 204


def test_a_list_is_taken_along_as_a_file_that_runs_nothing(desk: Desk) -> None:
    desk.call("hello", caller_name="=HYPERLINK(0)")
    client = desk.client()

    table = client.get("/calls/export", params={"q": "hello"})
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert rows[0]["caller name"] == "'=HYPERLINK(0)"
    assert rows[0]["no-matches"] == "1"
    book = client.get("/calls/export", params={"format": "xlsx"})
    assert book.content[:2] == b"PK"
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert desk.acts().count((Act.EXPORTED, "calls")) == 2
    assert client.get("/calls/export", params={"q": "a*"}).status_code == 422


def test_the_command_finds_what_the_page_finds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = desk.call("where is my order"), desk.call("I want a refund")
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(desk.settings.state_dir))
    monkeypatch.setenv("COLUMNS", "120")

    def find(*search: str) -> str:
        return CliRunner().invoke(calls.app, ["find", *search]).output

    assert first in find("by-caller:order", "no-match:1")
    assert second not in find("by-caller:order")
    assert "No calls like that" in find("nothing")


def test_what_there_is_to_choose_from(desk: Desk) -> None:
    desk.call("hello", agent="anna")

    choices = desk.client().get("/calls/choices").json()

    assert choices["flows"] == ["shop"]
    assert choices["steps"] == ["menu"]
    assert choices["agents"] == ["anna"]
    assert "caller_hung_up" in choices["outcomes"]


@pytest.mark.parametrize("role", [Role.OPS, Role.AGENT])
def test_who_may_not_listen_gets_nothing(desk: Desk, role: Role) -> None:
    call_id = desk.call("secret", seconds=1)
    client = desk.client(role)

    for path in ("", "/export", "/choices", *(f"/{call_id}{p}" for p in (
        "", "/transcript", "/markers", "/waveform", "/recording", "/comments",
    ))):  # fmt: skip
        assert client.get(f"/calls{path}").status_code == 403, path


@pytest.mark.parametrize("call_id", ["0", "..", "%00", "x" * 500, "a b", "%27"])
def test_a_call_that_is_not_there(desk: Desk, call_id: str) -> None:
    for part in ("", "/transcript", "/recording", "/waveform"):
        assert desk.client(name=f"{part}x").get(f"/calls/{call_id}{part}").status_code == 404
