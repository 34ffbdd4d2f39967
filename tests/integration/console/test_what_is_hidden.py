"""What nobody needs to see isn't seen, heard or found; who may sees it, with a reason."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from sqlalchemy import select, text
from typer.testing import CliRunner

from crm.audit.models import AuditEntry
from crm.calls.entries import LoggedEvent, NewCall, opening
from crm.calls.models import Call
from crm.calls.repository import store
from crm.finding.document import Column, document_of
from crm.finding.passages import found_in
from crm.finding.query import parse
from crm.finding.tokens import placed
from crm.imports.models import Import
from crm.privacy.removing import remove_words
from crm.staff import tokens
from crm.staff.models import Role
from crm.transcripts.model import Segment, Side
from crm.transcripts.repository import replace_times
from crm.transcripts.words import spread
from recordings.sound import read_frames
from recordings.wav_file import WavFile
from tests.fixtures.told_calls import ANSWERED_AT, event
from voxdesk.app.calls.after import catch_up
from voxdesk.app.calls.hidden_kept import HiddenKept
from voxdesk.app.calls.transcript import visible
from voxdesk.app.commands import calls
from voxdesk.app.database import prepare
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.call import CallId, Direction, EventKind
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import VoxdeskError

pytestmark = pytest.mark.integration

ID = CallId("0123456789abcdef")
NAME = f"2026/03/29/{ID}.wav"
CARD = "four two four two four two four two four two four two four two four two"
SECONDS = 30
REASON = {"original": "true", "reason": "the caller complains about a charge"}


class Desk:
    """One call in which a card number is said, read back, and a PIN that isn't kept."""

    def __init__(self, folder: Path) -> None:
        self._clients: dict[Role, TestClient] = {}
        self.settings = Settings(config_dir=folder, state_dir=folder)
        prepare(self.settings.database_url)
        self.database = Database(self.settings.database_url)
        self.app = make_app(House(self.settings, self.database, SystemClock()))
        file = WavFile(self.settings.state_dir / "recordings" / NAME, 8000)
        self.sound = np.random.default_rng(3).integers(-5000, 5000, (8000 * SECONDS, 2), np.int16)
        file.write(0, self.sound)
        file.close()
        log = [
            event(EventKind.ANSWERED, 0, ID),
            event(EventKind.PROMPT, 0, ID, text="Your card number, please.", utterance=1,
                  first_audio_ms=0),
            event(EventKind.PROMPT_FINISHED, 1500, ID, utterance=1),
            event(EventKind.HEARD, 8400, ID, turn=1, text=CARD, speech_start_ms=3000,
                  speech_end_ms=7500),
            event(EventKind.PROMPT, 9000, ID, text="4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2, right?",
                  utterance=2, first_audio_ms=9000),
            event(EventKind.PROMPT_FINISHED, 13_500, ID, utterance=2),
            event(EventKind.HEARD, 16_000, ID, turn=2, text="yes I paid twelve dollars",
                  speech_start_ms=15_000, speech_end_ms=15_900),
            event(EventKind.HEARD, 20_000, ID, turn=3, speech_start_ms=18_000,
                  speech_end_ms=19_000),
            event(EventKind.ENDED, 25_000, ID, cause="caller_hung_up"),
        ]  # fmt: skip
        new = NewCall(ID, Direction.INBOUND, ANSWERED_AT, flow_name="shop", language="en")
        with self.database.transaction() as session:
            store(session, [opening(new), *(LoggedEvent(n, one) for n, one in enumerate(log))])
            session.get_one(Call, ID).recording_path = NAME
        assert catch_up(self.database, library_of(self.settings)) == 1

    def client(self, role: Role) -> TestClient:
        if role not in self._clients:
            self._clients[role] = self._client(role)
        return self._clients[role]

    def _client(self, role: Role) -> TestClient:
        with self.database.transaction() as session:
            _, secret = tokens.make(session, role, role, now=SystemClock().now())
        return TestClient(
            self.app,
            base_url=f"http://here{PREFIX}",
            headers={"Authorization": f"Bearer {secret}"},
        )

    def audit(self) -> list[tuple[str, str, str, str]]:
        with self.database.reading() as session:
            query = select(AuditEntry.who, AuditEntry.act, AuditEntry.of, AuditEntry.why)
            return [tuple(row) for row in session.execute(query.order_by(AuditEntry.id))]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.database.close()


def test_a_card_number_isnt_in_the_transcript_nor_where_it_is_read_back(desk: Desk) -> None:
    shown = desk.client(Role.SUPERVISOR).get(f"/calls/{ID}/transcript").json()

    texts = [one["text"] for one in shown["segments"]]
    assert texts == [
        "Your card number, please.",
        "[card number]",
        "[card number], right?",
        "yes I paid twelve dollars",
        "",
    ]
    words = shown["segments"][2]["words"]
    assert [word[0] for word in words] == ["[card number]", "right?"]
    assert shown["segments"][2]["labels"] == [{"word": 0, "kind": "card"}]
    assert words[0][1] >= 9000
    assert words[0][2] <= words[1][1]
    assert shown["segments"][4]["sensitive"]


def test_a_tone_is_in_the_sound_of_that_channel_and_nothing_else_changes(desk: Desk) -> None:
    answer = desk.client(Role.SUPERVISOR).get(f"/calls/{ID}/recording")
    heard = read_frames(io.BytesIO(answer.content))

    changed = heard != desk.sound
    caller, other = np.flatnonzero(changed[:, 0]), np.flatnonzero(changed[:, 1])
    assert caller.min() <= 3000 * 8
    assert 7500 * 8 <= caller.max() < 8500 * 8
    assert 8500 * 8 <= other.min() <= 9000 * 8
    assert 13_500 * 8 <= other.max() < 14_500 * 8
    assert np.abs(heard[3000 * 8 : 7500 * 8, 0].astype(int)).max() < 3000

    part = desk.client(Role.AUDITOR).get(
        f"/calls/{ID}/recording", headers={"Range": "bytes=50001-90003"}
    )
    assert part.status_code == 206
    assert part.content == answer.content[50_001:90_004]


def test_the_original_is_for_those_who_may_and_its_reason_is_kept(desk: Desk) -> None:
    for path in ("transcript", "recording"):
        refused = desk.client(Role.SUPERVISOR).get(f"/calls/{ID}/{path}", params=REASON)
        assert refused.status_code == 403
        reasonless = desk.client(Role.AUDITOR).get(f"/calls/{ID}/{path}?original=true")
        assert reasonless.status_code == 422
    auditor = desk.client(Role.AUDITOR)

    said = auditor.get(f"/calls/{ID}/transcript", params=REASON).json()
    heard = auditor.get(f"/calls/{ID}/recording", params=REASON)

    assert said["segments"][1]["text"] == CARD
    assert np.array_equal(read_frames(io.BytesIO(heard.content)), desk.sound)
    assert desk.audit()[-2:] == [
        ("auditor", "saw_original", f"call {ID}", REASON["reason"]),
        ("auditor", "saw_original", f"sound of call {ID}", REASON["reason"]),
    ]


def test_nobody_finds_a_call_by_what_is_hidden_and_it_isnt_in_the_index(desk: Desk) -> None:
    client = desk.client(Role.SUPERVISOR)

    assert client.get("/calls", params={"q": '"four two four two"'}).json()["total"] == 0
    assert client.get("/calls", params={"q": "twelve"}).json()["total"] == 1
    with desk.database.reading() as session:
        rows = session.execute(text("SELECT caller, voxdesk FROM call_words")).all()
    assert rows
    assert "four" not in str(rows)
    assert "4" not in str(rows)


def test_a_comment_with_a_card_number_is_shown_without_it(desk: Desk) -> None:
    client = desk.client(Role.SUPERVISOR)
    written = {"text": "He said 4242 4242 4242 4242, see order 4711", "at_ms": 3000}

    answer = client.post(f"/calls/{ID}/comments", json=written)

    assert answer.json()["text"] == "He said [card number], see order 4711"
    assert desk.audit()[-1][1] == "changed"


def test_newer_rules_reach_calls_that_are_in_the_index_already(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert catch_up(desk.database, library_of(desk.settings)) == 0

    monkeypatch.setattr("voxdesk.app.calls.after.INDEX_VERSION", 99_999)

    assert catch_up(desk.database, library_of(desk.settings)) == 1


@pytest.mark.parametrize("way", ["mfcc", "channels"])
def test_where_speakers_were_told_apart_in_one_sound_both_sides_have_the_tone(
    desk: Desk, way: str
) -> None:
    with desk.database.transaction() as session:
        session.add(
            Import(
                id="aa", sha256="00", name="a.wav", size_bytes=1, source="upload", asked_by="sam",
                language="en", first="caller", started_at=ANSWERED_AT, state="done", way=way,
                call_id=ID, created_at=ANSWERED_AT, changed_at=ANSWERED_AT,
            )
        )  # fmt: skip

    heard = read_frames(
        io.BytesIO(desk.client(Role.SUPERVISOR).get(f"/calls/{ID}/recording").content)
    )

    changed = heard != desk.sound
    assert changed[5000 * 8 : 7000 * 8, 0].mean() > 0.99
    assert (changed[5000 * 8 : 7000 * 8, 1].mean() > 0.99) == (way == "mfcc")


def test_a_search_shows_words_and_never_what_is_hidden(desk: Desk) -> None:
    client = desk.client(Role.SUPERVISOR)

    def passages(q: str) -> list[dict[str, object]]:
        answer = client.get("/calls/passages", params={"q": q, "call": [ID, "gone"]})
        assert answer.status_code == 200, answer.text
        [of_call] = answer.json()
        assert of_call["call"] == ID
        return list(of_call["passages"])

    assert passages("twelve OR right") == [
        {
            "side": "voxdesk",
            "at_ms": 12_712,
            "pieces": [
                {"text": "[card number], ", "found": False},
                {"text": "right", "found": True},
                {"text": "?", "found": False},
            ],
        },
        {
            "side": "caller",
            "at_ms": 15_381,
            "pieces": [
                {"text": "yes I paid ", "found": False},
                {"text": "twelve", "found": True},
                {"text": " dollars", "found": False},
            ],
        },
    ]
    for q in ("four", "4", '"four two four two"', "four NEAR/1 two", "4242424242424242", "two -x"):
        assert passages(q) == [], q
    shown = client.get(f"/calls/{ID}/transcript", params={"q": "card OR four OR twelve"}).json()
    assert [one["found"] for one in shown["segments"]] == [[1], [0], [0], [3], []]
    nonsense = client.get(f"/calls/{ID}/transcript", params={"q": "car*"}).json()
    assert [one["found"] for one in nonsense["segments"]] == [[]] * 5


def test_tones_that_are_kept_follow_what_becomes_known(desk: Desk) -> None:
    url, client = f"/calls/{ID}/recording", desk.client(Role.SUPERVISOR)

    def toned() -> NDArray[np.bool_]:
        return read_frames(io.BytesIO(client.get(url).content))[:, 0] != desk.sound[:, 0]

    first = toned()
    assert np.array_equal(toned(), first)
    with desk.database.transaction() as session:
        words = len(CARD.split())
        measured = [(5000 + 100 * n, 5100 + 100 * n) for n in range(words)]
        replace_times(session, ID, {3: measured}, engine="test")
    assert not np.array_equal(toned(), first), "words were measured"
    measured_ones = toned()
    with desk.database.transaction() as session:
        said = event(
            EventKind.HEARD, 24_000, ID, turn=4, text=CARD, speech_start_ms=22_000,
            speech_end_ms=24_000,
        )  # fmt: skip
        store(session, [LoggedEvent(99, said)])
    assert toned()[22_500 * 8 : 23_500 * 8].mean() > 0.99, "more was said"
    assert measured_ones[22_500 * 8 : 23_500 * 8].mean() == 0


def test_no_more_calls_are_kept_than_said(desk: Desk) -> None:
    kept = HiddenKept(most=0)

    with desk.database.reading() as session:
        call = session.get_one(Call, ID)
        assert kept.of(session, call) == kept.of(session, call) != ()
    assert not kept._kept


def test_without_its_words_all_of_a_recording_is_hidden(desk: Desk) -> None:
    url, client = f"/calls/{ID}/recording", desk.client(Role.SUPERVISOR)
    assert client.get(url).status_code == 200

    with desk.database.transaction() as session:
        remove_words(session, ID, now=ANSWERED_AT)

    heard = read_frames(io.BytesIO(client.get(url).content))
    assert (heard != desk.sound).mean() > 0.99
    assert np.abs(heard.astype(int)).max() < 3000


def run(desk: Desk, *arguments: str) -> str:
    environment = {"VOXDESK_STATE_DIR": str(desk.settings.state_dir), "COLUMNS": "160"}
    result = CliRunner().invoke(calls.app, arguments, env=environment)
    if isinstance(result.exception, VoxdeskError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_commands_hide_what_pages_hide_unless_a_reason_is_given(desk: Desk, tmp_path: Path) -> None:
    why = ("--original", "--reason", "the caller complains")
    with pytest.raises(VoxdeskError, match="say why"):
        run(desk, "export", ID, str(tmp_path / "a.zip"), "--original")

    for command in (("show", ID), ("show", ID, "--json"), ("show", ID, "--details")):
        assert "four" not in run(desk, *command)
        assert "[card number]" in run(desk, *command)
        assert CARD in run(desk, *command, *why).replace("\n", " ")
    for original in ((), why):
        name = tmp_path / f"{len(original)}"
        run(desk, "recording", ID, "--to", f"{name}.wav", *original)
        run(desk, "export", ID, f"{name}.zip", *original)
        heard = read_frames(io.BytesIO(Path(f"{name}.wav").read_bytes()))
        with zipfile.ZipFile(f"{name}.zip") as archive:
            assert np.array_equal(heard, read_frames(io.BytesIO(archive.read("recording.wav"))))
            written = archive.read("call.json") + archive.read("transcript.txt")
        assert np.array_equal(heard, desk.sound) == bool(original)
        assert (CARD.encode() in written) == bool(original)
        assert (b"four" in written) == bool(original)
    acts = [(act, of, reason) for _, act, of, reason in desk.audit()]
    assert ("exported", f"call {ID}", "") in acts
    assert ("saw_original", f"call {ID}", why[2]) in acts
    assert ("saw_original", f"sound of call {ID}", why[2]) in acts
    assert ("read_call", f"call {ID}", "") in acts


@pytest.mark.parametrize(
    ("said", "searches"),
    [
        (
            "我的卡号是四二四二四二四二四二四二四二四二",
            ("四二四二", "四", '"四二"', "二 NEAR/2 四", "四二四二四二四二四二四二四二四二"),
        ),
        ("我的卡号是4242 4242 4242 4242", ("4242", "42", "4242424242424242")),
        ("电话一三八零零一三八零零零", ("一三八", "零零", "一三八零零一三八零零零")),
    ],
)
def test_in_chinese_neither_the_index_nor_a_place_has_what_is_hidden(
    said: str, searches: tuple[str, ...]
) -> None:
    segment = Segment(0, Side.CALLER, 0, 5000, said, spread(said, 0, 5000))
    shown = visible([segment], "zh")
    words = document_of(shown).columns[Column.CALLER]

    for search in searches:
        assert found_in(parse(search), shown) == [], search
        assert not {one.text for one in placed(search)} & set(words), search
    assert found_in(parse("卡号 OR 电话"), shown) != []
