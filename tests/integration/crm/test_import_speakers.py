"""Recordings of one and of three people become calls: each told apart, named, found, exported."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient
from fixtures.system import Speak

from crm.staff import tokens
from crm.staff.models import Role
from recordings.redaction.tone import Hidden
from recordings.speakers.apart import Turn
from recordings.speakers.way import Progress
from voxdesk.app.calls.after import note_facts
from voxdesk.app.calls.hidden import hidden_stretches
from voxdesk.app.calls.transcript import said_in
from voxdesk.app.database import prepare
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.call import the_call
from voxdesk.app.http.house import House
from voxdesk.app.imports import work
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.clock import SystemClock

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
RATE = 8000


class Told:
    """A way that knows who speaks when: how well one hears is measured elsewhere."""

    name = "told"

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns

    def turns(self, pcm: Pcm, tell: Progress | None = None) -> list[Turn]:  # noqa: ARG002
        if tell is not None:
            tell(1.0)
        return list(self._turns)


class Desk:
    def __init__(self, folder: Path) -> None:
        self.settings = Settings.model_validate(
            {"state_dir": folder, "recognition": {"whisper_model": "tiny.en"}}
        )
        prepare(self.settings.database_url)
        self.database = Database(self.settings.database_url)
        clock = SystemClock()
        self.jobs = JobsHouse(self.settings, self.database, clock, library_of(self.settings))
        with self.database.transaction() as session:
            _, secret = tokens.make(session, "anna", Role.SUPERVISOR, now=clock.now())
        self.client = TestClient(
            make_app(House(self.settings, self.database, clock)),
            base_url=f"http://here{PREFIX}",
            headers={"Authorization": f"Bearer {secret}"},
        )

    def sent(self, sound: np.ndarray) -> str:
        """The call that a recording becomes."""
        file = io.BytesIO()
        soundfile.write(file, sound, RATE, format="WAV")
        number = self.client.post("/imports?name=talk.wav", content=file.getvalue()).json()["id"]
        assert work.work_on_one(self.jobs)
        done = self.client.get(f"/imports/{number}").json()
        assert (done["state"], done["error"]) == ("done", "")
        call = str(done["call_id"])
        assert note_facts(self.database, call)
        return call

    def hidden(self, call_id: str) -> set[int]:
        """The channels with a tone."""
        with self.database.reading() as session:
            call = the_call(session, call_id)
            found: Sequence[Hidden] = hidden_stretches(session, call, said_in(session, call))
        return {one.channel for one in found}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.database.close()


def test_three_people_are_three_and_each_can_be_named(
    desk: Desk, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [speak(text) for text in (
        "Good morning, the bank.", "My parcel is missing.", "I can hear you both.",
    )]  # fmt: skip
    parts, turns, at = [], [], 0.0
    for speaker, pcm in enumerate(said):
        parts += [pcm, np.zeros(RATE // 2, np.int16)]
        turns.append(Turn(speaker, at, at + len(pcm) / RATE))
        at += len(pcm) / RATE + 0.5
    monkeypatch.setattr(work, "way_of", lambda _: Told(turns))
    call = desk.sent(np.concatenate(parts))
    client = desk.client

    told = client.get(f"/calls/{call}/transcript").json()
    assert [one["speaker"] for one in told["segments"]] == [1, 2, 3]
    assert [one["side"] for one in told["segments"]] == ["agent", "caller", "caller"]
    assert [(one["number"], one["name"]) for one in told["speakers"]] == [(1, ""), (2, ""), (3, "")]
    assert client.get("/calls?q=by-agent:parcel").json()["total"] == 0

    who = [
        {"number": 1, "side": "caller", "name": ""},
        {"number": 2, "side": "agent", "name": "  Zora  Quill "},
        {"number": 3, "side": "caller", "name": "Her brother"},
    ]
    named = client.put(f"/calls/{call}/speakers", json={"speakers": who})

    assert [one["name"] for one in named.json()] == ["", "Zora Quill", "Her brother"]
    told = client.get(f"/calls/{call}/transcript").json()
    assert [one["side"] for one in told["segments"]] == ["caller", "agent", "caller"]
    assert client.get("/calls?q=by-agent:parcel").json()["total"] == 1
    assert client.get("/calls?q=zora").json()["total"] == 1
    sheet = client.get(f"/calls/{call}/transcript/export").text.splitlines()
    assert [line.split(",")[2:4] for line in sheet] == [
        ["side", "speaker"], ["caller", "1"], ["agent", "Zora Quill"], ["caller", "Her brother"],
    ]  # fmt: skip
    nobody = {"speakers": [{"number": 4, "side": "agent"}]}
    refused = client.put(f"/calls/{call}/speakers", json=nobody)
    assert (refused.status_code, refused.json()["message"]) == (
        404, "There is no speaker 4 in this call; there are: 1, 2, 3.",
    )  # fmt: skip


def test_one_person_is_the_caller_and_has_the_tone_on_both_channels_once_named(
    desk: Desk, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    pcm = speak("My telephone number is five five five, one two three, four five six seven.")
    monkeypatch.setattr(work, "way_of", lambda _: Told([Turn(0, 0.0, len(pcm) / RATE)]))
    call = desk.sent(pcm)

    told = desk.client.get(f"/calls/{call}/transcript").json()
    assert {(one["speaker"], one["side"]) for one in told["segments"]} == {(1, "caller")}
    assert len(told["speakers"]) == 1
    assert desk.hidden(call) == {0, 1}

    who = {"speakers": [{"number": 1, "side": "agent", "name": "Call me on 4242 4242 4242 4242"}]}
    [named] = desk.client.put(f"/calls/{call}/speakers", json=who).json()
    assert named["name"] == "Call me on [card number]"
    assert desk.hidden(call) == {0, 1}
