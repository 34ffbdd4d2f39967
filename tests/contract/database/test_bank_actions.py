"""What callers of a bank have done by a flow, the same on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from crm.accounts.lookups import country_name
from crm.accounts.sample_data import SAMPLE_PIN
from crm.acts.models import DoneAct
from crm.acts.once import Outcome, Wanted
from crm.acts.service import Acts
from crm.customers.phone import plan_of
from crm.lookups import Lookups
from crm.sample_data import load_sample_data
from crm.tickets.repository import list_tickets
from voxdesk.db import Database

pytestmark = pytest.mark.contract
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
EMMA, DANIEL = "100200", "100201"
Do = Callable[..., Outcome]


@pytest.fixture
def bank(database: Database) -> Database:
    with database.transaction() as session:
        load_sample_data(session, NOW, plan_of("US"))
    return database


@pytest.fixture
def do(bank: Database) -> Do:
    def act(what: str, *, call: str = "call-1", **given: str) -> Outcome:
        wanted = Wanted(f"bank.{what}", given, call, what)
        return Acts(bank).do(wanted, now=NOW)

    return act


def test_who_is_verified_is_known_by_name(do: Do) -> None:
    outcome = do("verify", number=EMMA, pin=SAMPLE_PIN)
    assert (outcome.outcome, outcome.record["client"]) == ("done", EMMA)
    assert outcome.record["first_name"] == "Emma"


def test_every_wrong_pin_counts_also_the_same_one_again(do: Do) -> None:
    reasons = [do("verify", number=EMMA, pin="1111").reason for _ in range(3)]
    assert reasons == ["wrong", "wrong", "locked"]
    assert do("verify", number=EMMA, pin=SAMPLE_PIN).reason == "locked"


def test_no_pin_can_be_worked_out_from_what_was_done(bank: Database, do: Do) -> None:
    do("verify", number=EMMA, pin=SAMPLE_PIN)
    do("block_card", client=EMMA)
    with bank.reading() as session:
        assert [act.what for act in session.query(DoneAct)] == ["bank.block_card"]


def test_a_lost_card_is_blocked_and_a_new_one_ordered_once(bank: Database, do: Do) -> None:
    outcome = do("block_card", client=EMMA, reason="lost")
    assert outcome.record["ending"] == "4417"
    assert do("block_card", client=EMMA, reason="lost") == outcome
    assert do("block_card", client=EMMA, reason="lost", call="call-2").reason == "already"
    card = Lookups(bank).find("bank.card", {"client": EMMA})
    assert card is not None
    assert card["blocked"]
    with bank.reading() as session:
        [ticket] = list_tickets(session)
    assert ticket.number == outcome.record["ticket"]
    assert "4417" in ticket.subject


def test_an_unusual_payment_is_asked_about_once(bank: Database, do: Do) -> None:
    payment = Lookups(bank).find("bank.payment", {"client": EMMA})
    assert payment is not None
    assert (payment["merchant"], payment["country_en"]) == ("Electro Shop", "Romania")
    assert payment["abroad"]
    assert payment["amount"]

    reference = payment["reference"]
    assert do("review", client=DANIEL, reference=reference, made="no").reason == "unknown"
    outcome = do("review", client=EMMA, reference=reference, made="no")
    assert outcome.record["blocked"] == "yes"
    assert Lookups(bank).find("bank.payment", {"client": EMMA}) is None
    card = Lookups(bank).find("bank.card", {"client": EMMA})
    assert card is not None
    assert card["blocked"]


def test_a_payment_that_its_owner_made_blocks_nothing(bank: Database, do: Do) -> None:
    payment = Lookups(bank).find("bank.payment", {"client": EMMA})
    assert payment is not None
    outcome = do("review", client=EMMA, reference=payment["reference"], made="yes")
    assert (outcome.record["blocked"], outcome.record["ticket"]) == ("no", "")


def test_an_appointment_that_is_taken_names_the_next_one(do: Do) -> None:
    assert do("book", client=EMMA, at="2026-11-24T10:00").outcome == "done"
    taken = do("book", client=DANIEL, at="2026-11-24T10:00")
    assert (taken.reason, taken.record["nearest"]) == ("taken", "2026-11-24T10:30")
    assert do("book", client=DANIEL, at="2026-11-22T10:00").reason == "closed"
    assert do("book", client=DANIEL, at="nonsense").reason == "unknown"


def test_nobody_has_anything_done_or_hears_anything_for_a_customer_who_is_not_there(
    bank: Database, do: Do
) -> None:
    for what in ("bank.account", "bank.card", "bank.payment"):
        assert Lookups(bank).find(what, {"client": "999999"}) is None
    assert do("block_card", client="999999").reason == "unknown"
    assert do("book", client="999999", at="2026-11-24T10:00").reason == "unknown"


def test_the_balance_of_an_overdrawn_account_says_so(bank: Database) -> None:
    account = Lookups(bank).find("bank.account", {"client": "100203"})
    assert account is not None
    assert (account["balance_cents"], account["overdrawn"]) == (-12_550, True)


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [("RO", "en", "Romania"), ("RO", "zh", "罗马尼亚"), ("QQ", "en", "QQ")],
)
def test_countries_have_names(code: str, language: str, name: str) -> None:
    assert country_name(code, language) == name
