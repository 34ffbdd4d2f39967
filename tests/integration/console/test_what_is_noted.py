"""Every look at a call, customer or word is in the audit log: once, with whom and at what."""

import re
from typing import Any

import numpy as np
import pytest
from fixtures.console_house import ConsoleHouse
from sqlalchemy import select
from what_is_noted import EACH_TIME, ELSEWHERE, WHAT_IS_NOTED

from crm.audit.models import Act, AuditEntry
from crm.callbacks import repository as callbacks
from crm.calls.entries import LoggedEvent, NewCall, opening
from crm.calls.models import Call
from crm.calls.repository import store
from crm.imports.models import Import
from crm.staff.models import Role
from crm.tickets.models import TicketKind
from crm.tickets.repository import NewTicket, open_ticket
from recordings.wav_file import WavFile
from tests.fixtures.told_calls import ANSWERED_AT, event
from voxdesk.app.calls.after import catch_up
from voxdesk.app.http.application import PREFIX
from voxdesk.app.recordings_kept import library_of
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind

pytestmark = pytest.mark.integration

CALL, LIVE = CallId("a1b2c3d4e5f6"), CallId("b1b2c3d4e5f6")
CALLER = "+15550100"
CARD = """
title: Talk
sections:
  talk:
    title: Talk
    questions:
      polite: {ask: Polite?}
"""


class Watched:
    """An installation with one of everything that somebody may look at."""

    def __init__(self, house: ConsoleHouse) -> None:
        self.house = house
        settings, now = house.settings, house.clock.now()
        path = f"2026/03/29/{CALL}.wav"
        file = WavFile(settings.state_dir / "recordings" / path, 16_000)
        file.write(0, np.full((16_000 * 9, 2), 500, np.int16))
        file.close()
        log = [
            event(EventKind.ANSWERED, 0, CALL),
            event(EventKind.PROMPT, 0, CALL, text="How can I help?", utterance=1, first_audio_ms=0),
            event(EventKind.HEARD, 3400, CALL, turn=1, text="a refund", speech_start_ms=2000,
                  speech_end_ms=3000),
            event(EventKind.MESSAGE_LEFT, 8000, CALL, mailbox="support", recording_path=path,
                  start_ms=4000, seconds=2.0, language="en"),
            event(EventKind.ENDED, 9000, CALL, cause="caller_hung_up"),
        ]  # fmt: skip
        with house.database.transaction() as session:
            for call in (CALL, LIVE):
                at = ANSWERED_AT if call is CALL else now
                new = NewCall(call, Direction.INBOUND, at, caller=CALLER, flow_name="shop",
                              language="en", node="n1")  # fmt: skip
                store(session, [opening(new)])
            store(session, [LoggedEvent(seq, one) for seq, one in enumerate(log)])
            store(session, [LoggedEvent(0, CallEvent(LIVE, EventKind.ANSWERED, now))])
            session.get_one(Call, CALL).recording_path = path
            ticket = open_ticket(session, NewTicket(TicketKind.OTHER, "moved", "", {}), now=now)
            wish = callbacks.Wish(CALLER, "support", now, now)
            callback = callbacks.ask(session, wish, now=now)
            session.add(
                Import(
                    id="aa", sha256="00", name="a.wav", size_bytes=1, source="upload",
                    asked_by="sam", language="en", first="caller", started_at=now, state="done",
                    way="channels", call_id=CALL, created_at=now, changed_at=now,
                )
            )  # fmt: skip
            self.ids = {"call": CALL, "live": LIVE, "ticket": ticket.number, "import": "aa",
                        "callback": callback.id, "message": 1}  # fmt: skip
        assert catch_up(house.database, library_of(settings)) == 1
        cards = settings.config_dir / "scorecards"
        cards.mkdir()
        (cards / "talk.yaml").write_text(CARD)
        maker = house.program(Role.SUPERVISOR, "maker")
        made = maker.post(f"/calls/{CALL}/scorings", json={"scorecard": "talk"})
        self.scoring = made.json()["id"]
        answers = {"revision": made.json()["revision"], "answers": {"polite": {"value": 1}}}
        saved = maker.put(f"/scorings/{self.scoring}", json=answers)
        done = {"revision": saved.json()["revision"]}
        assert maker.post(f"/scorings/{self.scoring}/finish", json=done).status_code == 200

    def path(self, endpoint: str) -> str:
        known: dict[str, Any] = {
            "call_id": LIVE if endpoint.startswith("/live") else CALL,
            "scoring_id": self.scoring,
            "number": self.ids["ticket"],
            "callback_id": self.ids["callback"],
            "message_id": 1,
            "import_id": "aa",
            "flow": "shop",
            "name": "talk",
        }
        return re.sub(r"\{(\w+)\}", lambda match: str(known[match[1]]), endpoint)

    def entries_of(self, who: str) -> list[tuple[str, str]]:
        with self.house.database.reading() as session:
            query = select(AuditEntry.act, AuditEntry.of).where(AuditEntry.who == who)
            return [tuple(row) for row in session.execute(query.order_by(AuditEntry.id))]


@pytest.fixture
def watched(console_house: ConsoleHouse) -> Watched:
    return Watched(console_house)


ASKED = {
    "/scores/file": {"format": "csv"},
    "/scores/results/file": {"format": "csv"},
    "/calls/passages": {"q": "refund", "call": CALL},
    "/calls": {"q": "refund"},
    "/privacy/people": {"said": CALLER},
    "/privacy/mentions": {"phone": CALLER},
    "/privacy/person": {"phone": CALLER},
    "/privacy/export": {"phone": CALLER},
}


def test_every_look_leaves_the_entry_that_the_table_says(watched: Watched) -> None:
    paths = watched.house.app.openapi()["paths"]
    found = {path.removeprefix(PREFIX) for path, ways in paths.items() if "get" in ways}
    assert found - set(WHAT_IS_NOTED) - ELSEWHERE == set(), "add a line to what_is_noted.py"
    assert (set(WHAT_IS_NOTED) | ELSEWHERE) - found == set(), (
        "these are gone; take their lines away"
    )

    for number, (endpoint, entry) in enumerate(WHAT_IS_NOTED.items()):
        who = f"looker {number}"
        looker = watched.house.program(Role.ADMINISTRATOR, who)
        for _ in range(2):
            answer = looker.get(watched.path(endpoint), params=ASKED.get(endpoint, {}))
            if entry is not None:
                assert answer.status_code == 200, (endpoint, answer.text)
        expected = [] if entry is None else [(entry[0], entry[1].format(**watched.ids))]
        if endpoint in EACH_TIME or (entry is not None and entry[0] is Act.EXPORTED):
            expected *= 2
        assert watched.entries_of(who) == expected, endpoint


def test_who_comes_back_later_or_for_another_reason_is_written_down_again(
    watched: Watched,
) -> None:
    looker = watched.house.program(Role.AUDITOR, "looker")
    page = ("", "/transcript", "/markers", "/waveform", "/comments", "/consent", "/scorings")

    for passes in ({}, {"minutes": 9}, {"minutes": 2}):
        watched.house.clock.passes(**passes)
        for part in page:
            assert looker.get(f"/calls/{CALL}{part}").status_code == 200
    assert watched.entries_of("looker") == [(Act.READ_CALL, f"call {CALL}")] * 2
    for reason in ("a complaint", "a complaint", "another complaint"):
        looker.get(f"/calls/{CALL}/recording", params={"original": True, "reason": reason})
    assert watched.entries_of("looker")[2:] == [(Act.SAW_ORIGINAL, f"sound of call {CALL}")] * 2


def test_whose_words_a_search_showed_is_found_by_the_call(watched: Watched) -> None:
    watched.house.program(Role.SUPERVISOR, "looker").get(
        "/calls/passages", params={"q": "refund", "call": CALL}
    )
    auditor = watched.house.program(Role.AUDITOR)

    def who_saw(of: str) -> list[str]:
        return [one["who"] for one in auditor.get("/audit", params={"of": of}).json()["entries"]]

    assert "looker" in who_saw(f"call {CALL}")
    assert "looker" not in who_saw(f"call {LIVE}")
