"""A person's data: found, given out, held, erased, kept no longer than rules say."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, text, update

from crm.audit import repository as audit
from crm.audit.models import Act
from crm.callbacks.models import Callback
from crm.calls.entries import LoggedEvent, NewCall, opening
from crm.calls.models import Call, CallEventRow
from crm.calls.repository import events_of, store
from crm.customers.models import Customer
from crm.facts.models import CallFacts
from crm.facts.repository import facts_for
from crm.finding.models import SavedSearch
from crm.finding.query import parse
from crm.finding.repository import page
from crm.finding.wanted import Wanted
from crm.orders.models import Order
from crm.privacy import holds
from crm.privacy.consent import consent_of
from crm.privacy.models import Erasure, LegalHold
from crm.privacy.person import NOBODY
from crm.privacy.receipts import deletions
from crm.privacy.retention import Due
from crm.staff.models import Role
from crm.tickets.models import Ticket
from crm.transcripts.models import WordTimes
from recordings.library import RecordingLibrary
from recordings.sealed.file import SealedFile, sealed_path
from recordings.sealed.keys import KeyFile
from tests.fixtures.told_calls import ANSWERED_AT, event
from voxdesk.app import traces
from voxdesk.app.calls.after import catch_up
from voxdesk.app.privacy import PrivacyHouse, StillTalking
from voxdesk.app.retaining import Retaining
from voxdesk.app.settings import Settings
from voxdesk.db import Base, Database
from voxdesk.kernel.call import CallId, Direction, EventKind
from voxdesk.kernel.errors import DatabaseError, RecordingUnreadable

pytestmark = pytest.mark.contract
PHONE = "+15550142"
NAME = "Wilhelmina Zauberberg"
SAID = "my parrot escaped yesterday"
NOW = ANSWERED_AT.astimezone(UTC) + timedelta(days=40)


class Desk:
    """A database, recordings, and calls."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        root = folder / "recordings"
        self.keys = KeyFile(folder / "keys" / "k", used=root / "KEYS")
        self.library = RecordingLibrary(root, keys=self.keys)
        self._made = 0

    def house(self, *rules: dict[str, object]) -> PrivacyHouse:
        settings = Settings.model_validate(
            {"state_dir": self.folder, "privacy": {"retention": rules}}
        )
        return PrivacyHouse(settings, self.database, self.library)

    def retaining(self, house: PrivacyHouse) -> Retaining:
        return Retaining(house.settings, self.database, self.library)

    def retain(self, house: PrivacyHouse, now: datetime) -> list[Due]:
        return list(self.retaining(house).delete(now=now, by="jobs"))

    def customer(self, phone: str, name: str) -> int:
        with self.database.transaction() as session:
            made = Customer(
                display_name=name, first_name=name.split(maxsplit=1)[0], phone=phone, created_at=NOW
            )
            session.add(made)
            session.flush()
            session.add(
                Order(
                    number="A-77", number_key=f"A77{made.id}", customer_id=made.id,
                    status="shipped", item="lamp", total_cents=100, currency="USD", placed_at=NOW,
                )
            )  # fmt: skip
            session.add(
                Callback(
                    phone=phone, queue="sales", skills=[], priority=0, language="en",
                    wished_at=NOW, waiting_since=NOW, greeting="", note=name, call_id="",
                    customer_id=made.id, state="done", next_at=NOW, node="", attempts=0,
                    outcome="talked", asked_at=NOW, ended_at=NOW,
                )
            )  # fmt: skip
            return made.id

    def call(
        self, caller: str, said: str, customer: int | None = None, *, over: bool = True
    ) -> str:
        self._made += 1
        call_id = CallId(f"{self._made:012x}")
        name = f"2026/03/29/{call_id}.wav"
        path = sealed_path(self.library.root / name)
        file = SealedFile(path, name, self.keys.ready(), 16_000)
        file.write(0, np.full((16_000, 2), 77, np.int16))
        file.close()
        log = [
            event(EventKind.ANSWERED, 0, call_id),
            event(EventKind.RECORDING, 0, call_id, state="started", path=name),
            event(
                EventKind.PROMPT, 10, call_id, text="This call is recorded.", utterance=1,
                first_audio_ms=0,
            ),
            event(EventKind.PROMPT_FINISHED, 1500, call_id, utterance=1),
            event(
                EventKind.HEARD, 3400, call_id, turn=1, text=said, speech_start_ms=2000,
                speech_end_ms=3000,
            ),
        ]  # fmt: skip
        if over:
            log.append(event(EventKind.ENDED, 9000, call_id, cause="caller_hung_up"))
        new = NewCall(
            call_id, Direction.INBOUND, ANSWERED_AT, caller=caller,
            caller_name=NAME if customer else "", flow_name="shop", language="en",
        )  # fmt: skip
        with self.database.transaction() as session:
            store(session, [opening(new), *(LoggedEvent(n, one) for n, one in enumerate(log))])
            session.get_one(Call, call_id).customer_id = customer
        catch_up(self.database, self.library)
        return call_id

    def log(self, call_id: str) -> dict[str, dict[str, Any]]:
        """The last event of each kind."""
        with self.database.reading() as session:
            return {
                one.event.kind.value: dict(one.event.data) for one in events_of(session, call_id)
            }

    def figures(self, call_id: str) -> object:
        with self.database.reading() as session:
            found = facts_for(session, call_id)
            assert found is not None
            return [getattr(found[0], column.key) for column in CallFacts.__table__.columns], found[
                1
            ]

    def found(self, words: str) -> list[str]:
        with self.database.reading() as session:
            return [
                one.call.id
                for one in page(session, Wanted(text=parse(words)), after=None, limit=10).calls
            ]

    def whole_database(self) -> str:
        """Every cell of every table, and for SQLite the bytes of its files."""
        with self.database.reading() as session:
            cells = [
                str(row)
                for table in Base.metadata.sorted_tables
                for row in session.execute(select(table))
            ]
            if session.get_bind().dialect.name == "sqlite":
                cells += [str(row) for row in session.execute(text("SELECT * FROM call_words"))]
        if self.database.url.get_backend_name() == "sqlite":
            path = Path(str(self.database.url.database))
            for one in (path, path.with_name(path.name + "-wal")):
                if one.exists():
                    cells.append(one.read_bytes().decode("latin-1"))
        return "\n".join(cells)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path)


def test_nothing_is_left_of_whoever_is_erased_and_everything_of_the_others(desk: Desk) -> None:
    customer = desk.customer(PHONE, NAME)
    theirs = [desk.call(PHONE, SAID, customer), desk.call("5550142", SAID, customer)]
    other = desk.call("+15550199", "a quite different thing")
    with desk.database.transaction() as session:
        session.add(
            SavedSearch(owner="o", name="n", query="caller=%2B15550142", shared=False, saved_at=NOW)
        )
    (desk.folder / "prompts").mkdir()
    (desk.folder / "prompts" / "hello").write_text("a sentence with a name")
    (desk.folder / "replays").mkdir()
    (desk.folder / "replays" / "shop.jsonl").write_text(f'["{theirs[0]}"]\n["{other}"]\n')
    house = desk.house()
    with desk.database.reading() as session:
        whom = house.find(session, phone="+1 555 0142")
    preview = house.preview(whom)
    assert (len(preview.recordings), preview.rows["calls"], preview.rows["orders"]) == (2, 2, 1)

    wanted = traces.needles(desk.database, whom)
    before = traces.look(house.settings, desk.database, wanted, beside=NOBODY)
    assert {one.kind for one in before.mentions} >= {
        "calls", "call_events", "call_words", "callbacks", "customers", "saved_searches",
    }  # fmt: skip
    assert "replays/shop.jsonl" in before.files

    receipt = house.erase(whom, by="olga", now=NOW)

    assert traces.look(house.settings, desk.database, wanted, beside=NOBODY).none
    left = desk.whole_database()
    for trace in (PHONE, "15550142", NAME, "Wilhelmina", "parrot", *theirs):
        assert trace not in left, trace
    assert other in left
    assert "quite different" in left
    files = [path.name for path in desk.folder.rglob("*") if path.is_file()]
    assert not any(call in name for call in theirs for name in files)
    assert (desk.folder / "replays" / "shop.jsonl").read_text() == f'["{other}"]\n'
    assert not list((desk.folder / "prompts").iterdir())
    with desk.database.reading() as session:
        kept = session.scalars(select(Erasure)).one()
        assert (kept.id, kept.by, kept.counts["recordings"]) == (receipt.id, "olga", 2)
        order = session.scalars(select(Order)).one()
        assert (order.customer_id, order.item) == (None, "lamp"), "the books stay"
        assert not house.find(session, phone=PHONE).known


def test_a_person_gets_everything_in_one_file(desk: Desk) -> None:
    customer = desk.customer(PHONE, NAME)
    first = desk.call(PHONE, f"{SAID} <script>alert(1)</script>", customer)
    second = desk.call(PHONE, "again", customer)
    desk.library.folder.find(f"2026/03/29/{second}.wav").write_bytes(b"cut")  # type: ignore[union-attr]
    desk.call("+15550199", "a quite different thing")
    house, file = desk.house(), io.BytesIO()
    with desk.database.reading() as session:
        whom = house.find(session, customer=customer)
    house.export(whom, file, now=NOW)
    archive = zipfile.ZipFile(file)
    whole = json.loads(archive.read("data.json"))
    assert {row["id"] for row in whole["data"]["calls"]} == {first, second}
    assert whole["data"]["orders"][0]["item"] == "lamp"
    assert whole["data"]["callbacks"][0]["phone"] == PHONE
    assert any(SAID in json.dumps(row["data"]) for row in whole["data"]["call_events"])
    assert archive.read(f"recordings/2026/03/29/{first}.wav")[:4] == b"RIFF"
    assert "damaged" in whole["recordings"][f"2026/03/29/{second}.wav"]
    page = archive.read("readable.html").decode()
    assert NAME in page
    assert "<script>" not in page
    assert "quite different" not in page + json.dumps(whole)


@pytest.mark.parametrize("by_customer", [True, False])
def test_what_is_held_is_never_deleted_and_attempts_are_noted(
    desk: Desk, *, by_customer: bool
) -> None:
    customer = desk.customer(PHONE, NAME)
    call = desk.call(PHONE, SAID, customer)
    house = desk.house({"keep": "calls", "days": 1})
    with desk.database.transaction() as session:
        what = {"customer_id": customer} if by_customer else {"call_id": call}
        number = holds.place(session, by="olga", reason="case 7", now=NOW, **what).id  # type: ignore[arg-type]
        whom = house.find(session, phone=PHONE)

    with pytest.raises(holds.HeldBack, match=f"legal hold {number}"):
        house.erase(whom, by="olga", now=NOW)
    assert [one.held for one in desk.retain(house, NOW)] == [True]

    assert desk.library.info(f"2026/03/29/{call}.wav").seconds == 1
    with desk.database.transaction() as session:
        assert session.get(Call, call) is not None
        hold = session.get_one(LegalHold, number)
        assert hold.attempts == 2
        assert holds.lift(session, number, by="olga", now=NOW) is hold
        assert holds.lift(session, number, by="olga", now=NOW) is None
    assert [one.held for one in desk.retain(house, NOW)] == [False]
    with desk.database.reading() as session:
        assert session.get(Call, call) is None


def test_rules_say_how_long_things_are_kept_and_a_dry_run_deletes_nothing(desk: Desk) -> None:
    call, going_on = desk.call(PHONE, SAID), desk.call(PHONE, SAID, over=False)
    house = desk.house(
        {"keep": "calls", "days": 1, "flow": "bank"},
        {"keep": "recordings", "days": 30, "direction": "inbound"},
        {"keep": "recordings", "days": 1},
        {"keep": "calls", "days": 60},
    )
    early = ANSWERED_AT + timedelta(days=20)
    assert desk.retain(house, early) == []
    found = [(one.id, one.keep, one.rule) for one in desk.retaining(house).due(now=NOW)]
    assert found == [(call, "recordings", 2)]
    assert desk.library.info(f"2026/03/29/{call}.wav").seconds == 1
    desk.retain(house, NOW)
    assert desk.retain(house, NOW) == []
    with desk.database.reading() as session:
        assert session.get_one(Call, call).recording_path == ""
        assert session.get_one(Call, going_on).recording_path
    desk.retain(house, NOW + timedelta(days=60))
    with desk.database.reading() as session:
        assert session.get(Call, call) is None
        assert session.get(Call, going_on) is not None


def test_words_go_by_rule_and_figures_stay(desk: Desk) -> None:
    customer = desk.customer("+15550188", "Ada Other")
    call = desk.call(PHONE, f"{SAID} 4711 花生", over=False)
    kept = desk.call("+15550199", "a quite different thing", customer)
    with desk.database.transaction() as session:
        rest = [
            event(EventKind.STARTED, 0, CallId(call), facts={"name": "Balthasar"}),
            event(EventKind.KEY, 4000, CallId(call), step="pin", digit="4"),
            event(EventKind.SLOT, 4100, CallId(call), step="pin", slot="pin", value="4711"),
            event(
                EventKind.QUESTION, 5000, CallId(call), outcome="unknown", flow="shop", step="q",
                text="where is Balthasar", language="en",
            ),
            event(EventKind.SURVEY, 6000, CallId(call), survey="csat", step="s", state="answered",
                  question="satisfaction", value=4),
            event(EventKind.SURVEY, 6500, CallId(call), survey="csat", step="s", state="answered",
                  question="comment", text="my parrot again"),
            event(EventKind.ENDED, 9000, CallId(call), cause="caller_hung_up"),
        ]  # fmt: skip
        store(session, [LoggedEvent(n, one) for n, one in enumerate(rest, 5)])
        holds.place(session, by="olga", reason="case 7", now=NOW, customer_id=customer)
        session.add(WordTimes(call_id=call, seq=4, engine="e", times=[[2000, 3000]]))
    catch_up(desk.database, desk.library)
    found_by = {"parrot": [call], "花生": [call], "15550142": [call]}
    assert {word: desk.found(word) for word in found_by} == found_by
    before = desk.figures(call)
    (desk.folder / "replays").mkdir()
    (desk.folder / "replays" / "shop.jsonl").write_text(f'["{call}", "parrot"]\n["{kept}"]\n')
    house = desk.house({"keep": "keys", "days": 10}, {"keep": "words", "days": 30})
    earlier = ANSWERED_AT + timedelta(days=20)
    with pytest.raises(DatabaseError), desk.database.transaction() as session:
        session.execute(update(CallEventRow).values(data={}))

    assert [(one.id, one.keep) for one in desk.retain(house, earlier)] == [
        (call, "keys"),
        (kept, "keys"),
    ]
    assert "4711" not in str(desk.log(call)["slot"] | desk.log(call)["key"])
    assert SAID in str(desk.log(call)["heard"])
    (of_keys, of_words) = desk.retaining(house).how_much(now=NOW)
    assert (of_words.due, of_words.held, of_keys.due) == (1, 1, 0)
    desk.retain(house, NOW)

    left = desk.whole_database()
    for trace in (SAID, "parrot", "花生", "\\u82b1", "Balthasar", "4711"):
        assert trace not in left, trace
    assert "quite different" in left, "it is held"
    assert (desk.folder / "replays" / "shop.jsonl").read_text() == f'["{kept}"]\n'
    log = desk.log(call)
    assert log["heard"] == {"turn": 1, "speech_start_ms": 2000, "speech_end_ms": 3000}
    assert log["slot"] == {"step": "pin", "slot": "pin"}
    assert desk.library.info(f"2026/03/29/{call}.wav").seconds == 1
    assert {word: desk.found(word) for word in found_by} == found_by | {"parrot": [], "花生": []}
    catch_up(desk.database, desk.library)
    assert desk.figures(call) == before
    with desk.database.reading() as session:
        told = consent_of([one.event for one in events_of(session, call)])
        assert told is not None
        assert (told.text, told.heard_out) == ("", True)
        runs = [
            [(part["keep"], part["count"]) for part in one.counts] + [one.held]
            for one in deletions(session)
        ]
        assert runs == [[("words", 1), 2], [("keys", 1), 1]]
        assert all(one.ended_at for one in deletions(session))
    assert not [one for one in desk.retain(house, NOW) if not one.held]
    longer = update(CallEventRow).where(CallEventRow.call_id == call)
    longer = longer.values(data={"text": "something that nobody said, put in afterwards, and long"})
    with pytest.raises(DatabaseError), desk.database.transaction() as session:
        session.execute(longer)


def test_every_kind_has_its_time_and_whole_calls_go_first(desk: Desk) -> None:
    customer = desk.customer(PHONE, NAME)
    call = desk.call(PHONE, SAID, customer)
    with desk.database.transaction() as session:
        session.add(
            Ticket(number="T1", kind="other", status="closed", subject=NAME, opened_at=NOW,
                   closed_at=NOW, call_id=call)
        )  # fmt: skip
        audit.note(session, who="olga", role=Role.AUDITOR, act=Act.READ, of="call x", now=NOW)
    rules = [{"keep": keep, "days": 30} for keep in ("callbacks", "tickets", "audit", "messages")]
    house = desk.house(*rules, {"keep": "recordings", "days": 30}, {"keep": "calls", "days": 35})
    assert [one.keep for one in desk.retaining(house).due(now=NOW)] == ["calls"]
    later = NOW + timedelta(days=31)

    assert sorted(one.keep for one in desk.retain(house, later)) == [
        "audit", "callbacks", "calls", "tickets",
    ]  # fmt: skip

    left = desk.whole_database()
    assert call not in left
    assert "T1" not in left
    with desk.database.reading() as session:
        assert session.get(Customer, customer) is not None
        (run,) = deletions(session)
        assert sum(part["count"] for part in run.counts) == 4
    for wrong in ({"keep": "audit", "days": 3}, {"keep": "tickets", "days": 3, "flow": "shop"}):
        with pytest.raises(ValueError, match=r"audit log is kept|narrowed"):
            desk.house(wrong)


def test_a_recording_that_can_not_go_keeps_no_words_from_going(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = desk.call(PHONE, SAID)
    house = desk.house({"keep": "recordings", "days": 1}, {"keep": "words", "days": 1})

    def away(_: str) -> bool:
        raise RecordingUnreadable("the store is away")

    with monkeypatch.context() as patched:
        patched.setattr(desk.library, "delete", away)
        with pytest.raises(RecordingUnreadable):
            desk.retain(house, NOW)
    with desk.database.reading() as session:
        assert session.get_one(Call, call).recording_path
        assert session.get_one(Call, call).words_removed_at
        (run,) = deletions(session)
        assert [(part["keep"], part["count"]) for part in run.counts] == [("words", 1)]
        assert run.ended_at is not None
    assert [one.keep for one in desk.retain(house, NOW)] == ["recordings"]


def test_nobody_is_erased_while_they_talk(desk: Desk) -> None:
    desk.call(PHONE, SAID, over=False)
    house = desk.house()
    with desk.database.reading() as session:
        whom = house.find(session, phone=PHONE)
    with pytest.raises(StillTalking):
        house.erase(whom, by="olga", now=NOW)
    assert house.preview(whom).rows["calls"] == 1


def test_what_a_caller_was_told_about_recording_is_known() -> None:
    log = [
        event(EventKind.RECORDING, 0, CallId("c"), state="started"),
        event(EventKind.PROMPT, 10, CallId("c"), text="Hello.", utterance=1),
        event(EventKind.PROMPT, 900, CallId("c"), text="本次通话会被录音。", utterance=2),
        event(EventKind.PROMPT_FINISHED, 1500, CallId("c"), utterance=2),
    ]
    told = consent_of(log)
    assert told is not None
    assert (told.audio_ms, told.heard_out) == (900, True)
    assert told.recording_since is not None
    assert not consent_of(log[:3]).heard_out  # type: ignore[union-attr]
    assert consent_of(log[:2]) is None
