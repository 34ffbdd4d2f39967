"""What callers want of us, as the console's clients see it: tickets, callbacks, messages."""

import io
import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from crm.audit import repository as audit
from crm.callbacks import repository as callbacks
from crm.calls.call_log import CallLog, NewCall
from crm.staff import tokens
from crm.staff.models import Role
from crm.tickets.models import TicketKind
from crm.tickets.repository import NewTicket, open_ticket
from recordings.wav import header
from voxdesk.app.database import prepare
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind
from voxdesk.kernel.clock import SystemClock

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PHONE = "+14155552671"
ADDRESS = "12 Main Street"


class Installation:
    """One with a ticket, a callback and a message."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(config_dir=folder / "config", state_dir=folder / "var")
        (folder / "var").mkdir()
        prepare(self.settings.database_url)
        self.database = Database(self.settings.database_url)
        self.app = make_app(House(self.settings, self.database, SystemClock()))

    def client(self, role: Role = Role.SUPERVISOR) -> TestClient:
        with self.database.transaction() as session:
            _, secret = tokens.make(session, f"{role} one", role, now=SystemClock().now())
        return TestClient(
            self.app,
            base_url=f"http://here{PREFIX}",
            headers={"Authorization": f"Bearer {secret}"},
        )

    def ticket(self, kind: TicketKind = TicketKind.OTHER) -> str:
        with self.database.transaction() as session:
            new = NewTicket(kind, "change of address", ADDRESS, {"date": "2026-03-04"})
            return open_ticket(session, new, now=NOW).number

    def callback(self, phone: str = PHONE) -> int:
        wish = callbacks.Wish(phone, "support", NOW, NOW, note="Ann Lee, order 4 7 1 1")
        with self.database.transaction() as session:
            return callbacks.ask(session, wish, now=NOW).id

    def message(self, call: str = "a", *, sound: bool = True) -> None:
        """One of a second, from the third second of its call; the caller's side is all 7."""
        call_id, path = CallId(call), f"2026/03/01/{call}.wav" if sound else ""
        log = CallLog(self.database, self.settings.state_dir / "spool")
        log.open_call(NewCall(call_id, Direction.INBOUND, NOW, caller="+15550100", node="n1"))
        fields = {
            "mailbox": "support",
            "recording_path": path,
            "start_ms": 2000,
            "seconds": 1.0,
            "language": "en",
            "transcribe": True,
        }
        log.record(CallEvent(call_id, EventKind.MESSAGE_LEFT, NOW, 9000, fields))
        log.record(CallEvent(call_id, EventKind.ENDED, NOW, 9500, {"cause": "hung_up"}))
        assert log.flush()
        log.close()
        if sound:
            pcm = np.zeros((4 * SAMPLE_RATE_HZ, 2), "<i2")
            pcm[2 * SAMPLE_RATE_HZ : 3 * SAMPLE_RATE_HZ, 0] = 7
            file = self.settings.state_dir / "recordings" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(header(pcm.nbytes, SAMPLE_RATE_HZ) + pcm.tobytes())

    def noted(self) -> list[tuple[str, str, str]]:
        with self.database.reading() as session:
            found = audit.newest(session, limit=50)
            return [(one.who, one.act, one.of) for one in reversed(found)]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path)
    yield installation
    installation.database.close()


def test_a_ticket_is_read_closed_and_opened_again(here: Installation) -> None:
    number, client = here.ticket(), here.client()

    [shown] = client.get("/tickets").json()
    assert (shown["number"], shown["state"], shown["note"]) == (number, "open", "[address]")
    assert shown["details"] == {"date": "2026-03-04"}
    closed = client.patch(
        f"/tickets/{number}", json={"state": "closed", "resolution": " Sent there. "}
    ).json()
    assert (closed["state"], closed["resolution"]) == ("closed", "Sent there.")
    assert client.get("/tickets").json() == []
    assert client.get("/tickets?closed=true").json() == [closed]
    # A second one who closes it doesn't change what the first one wrote.
    again = client.patch(f"/tickets/{number}", json={"state": "closed", "resolution": "No."})
    assert again.json() == closed
    opened = client.patch(f"/tickets/{number}", json={"state": "open"}).json()
    assert opened == shown
    assert [one for one in here.noted() if one[1] == "changed"] == [
        ("supervisor one", "changed", f"ticket {number}"),
        ("supervisor one", "changed", f"ticket {number}"),
    ]


def test_tickets_are_listed_by_kind_and_page(here: Installation) -> None:
    numbers = [here.ticket(kind) for kind in (TicketKind.RETURN, TicketKind.OTHER) * 3]
    client = here.client()

    def listed(query: str) -> list[str]:
        return [one["number"] for one in client.get(f"/tickets?{query}").json()]

    assert listed("kind=return") == numbers[4::-2]
    assert listed("limit=2") + listed("limit=10&offset=2") == numbers[::-1]
    assert client.get("/tickets?limit=1000").status_code == 422


def test_a_callback_is_read_and_cancelled_once(here: Installation) -> None:
    number, client = here.callback(), here.client()

    [shown] = client.get("/callbacks").json()
    assert (shown["phone"], shown["queue"], shown["state"]) == (PHONE, "support", "waiting")
    assert shown["attempts"] == []
    assert client.get(f"/callbacks/{number}").json() == shown
    cancelled = client.patch(f"/callbacks/{number}", json={"state": "cancelled"})
    assert cancelled.json()["state"] == "cancelled"
    assert client.patch(f"/callbacks/{number}", json={"state": "cancelled"}).status_code == 200
    assert client.get("/callbacks").json() == []
    assert [one["id"] for one in client.get("/callbacks?over=true").json()] == [number]
    assert [one for one in here.noted() if one[1] == "changed"] == [
        ("supervisor one", "changed", f"callback {number}")
    ]


def test_who_is_being_called_is_not_cancelled(here: Installation) -> None:
    number, client = here.callback(), here.client()
    with here.database.transaction() as session:
        [callback] = callbacks.list_callbacks(session)
        assert callbacks.claim(session, callback, node="n1", now=NOW)

    answer = client.patch(f"/callbacks/{number}", json={"state": "cancelled"})

    assert answer.status_code == 409
    assert answer.json() == {
        "code": "not_now",
        "message": f"Callback {number} is being called just now.",
    }
    [attempt] = client.get(f"/callbacks/{number}").json()["attempts"]
    assert (attempt["outcome"], attempt["ended_at"]) == ("", None)


def test_a_message_is_read_heard_and_new_again(here: Installation) -> None:
    here.message()
    client = here.client()

    [shown] = client.get("/messages?unheard=true").json()
    assert (shown["mailbox"], shown["caller"], shown["seconds"]) == ("support", "+15550100", 1.0)
    assert (shown["text_state"], shown["text"], shown["has_sound"]) == ("waiting", "", True)
    url = f"/messages/{shown['id']}"
    assert client.get(url).json()["heard_at"] is None
    assert client.patch(url, json={"heard": True}).json()["heard_at"] is not None
    assert client.get("/messages?unheard=true").json() == []
    assert client.patch(url, json={"heard": False}).json()["heard_at"] is None
    assert client.get("/messages?mailbox=sales").json() == []


def test_a_message_is_heard_alone_and_the_caller_s_side_of_it(here: Installation) -> None:
    here.message()
    client = here.client()
    [shown] = client.get("/messages").json()

    answer = client.get(f"/messages/{shown['id']}/sound")

    assert answer.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(answer.content)) as sound:
        assert (sound.getnchannels(), sound.getframerate()) == (1, SAMPLE_RATE_HZ)
        assert sound.getnframes() == SAMPLE_RATE_HZ
        assert set(np.frombuffer(sound.readframes(SAMPLE_RATE_HZ), "<i2")) == {7}
    assert ("supervisor one", "heard_recording", f"message {shown['id']}") in here.noted()


def test_sound_that_is_not_there_is_no_accident(here: Installation) -> None:
    here.message("a", sound=False)
    here.message("b")
    client = here.client()
    without, with_ = sorted(client.get("/messages").json(), key=lambda one: one["call_id"])
    (here.settings.state_dir / "recordings/2026/03/01/b.wav").unlink()

    assert not without["has_sound"]
    for one in (without, with_):
        answer = client.get(f"/messages/{one['id']}/sound")
        assert answer.status_code == 404, answer.text
        assert str(here.settings.state_dir) not in answer.text
    assert not [one for one in here.noted() if one[1] == "heard_recording"]


@pytest.mark.parametrize("what", ["tickets", "callbacks", "messages"])
def test_what_does_not_exist_is_told(here: Installation, what: str) -> None:
    client = here.client()
    for number in ("1", "999999999999", "0"):
        assert client.get(f"/{what}/{number}").status_code in {404, 422}
    assert client.get(f"/{what}/1").json()["message"].startswith("There is no ")


def test_listeners_read_and_only_supervisors_and_administrators_change(here: Installation) -> None:
    number, callback = here.ticket(), here.callback()
    here.message()
    [message] = here.client().get("/messages").json()
    changes = (
        (f"/tickets/{number}", {"state": "closed"}),
        (f"/callbacks/{callback}", {"state": "cancelled"}),
        (f"/messages/{message['id']}", {"heard": True}),
    )
    auditor, ops = here.client(Role.AUDITOR), here.client(Role.OPS)
    for url, body in changes:
        assert auditor.get(url).status_code == 200
        assert ops.get(url).status_code == 403
        assert auditor.patch(url, json=body).status_code == 403
        assert ops.patch(url, json=body).status_code == 403
    administrator = here.client(Role.ADMINISTRATOR)
    for url, body in changes:
        assert administrator.patch(url, json=body).status_code == 200


def test_every_look_is_written_down_without_what_was_seen(here: Installation) -> None:
    number, callback = here.ticket(), here.callback()
    client = here.client()
    for url in ("/tickets", f"/tickets/{number}", "/callbacks", f"/callbacks/{callback}"):
        client.get(url)

    found = here.noted()
    assert [of for _, act, of in found if act == "read"] == [
        "tickets", f"ticket {number}", "callbacks", f"callback {callback}",
    ]  # fmt: skip
    assert PHONE not in str(found)
    assert ADDRESS not in str(found)
