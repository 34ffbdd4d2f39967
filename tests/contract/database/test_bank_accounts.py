"""A bank's customers, the same on both databases: who may know what, and what becomes of a card."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.accounts import appointments, repository, verification
from crm.accounts.appointments import NoAppointment
from crm.accounts.csv_import import AccountsRefused, parse_accounts, save_accounts
from crm.accounts.models import BankPayment, CardStatus, Review
from crm.accounts.sample_data import SAMPLE_PIN
from crm.accounts.verification import Refusal, Verdict
from crm.customers.phone import plan_of
from crm.sample_data import load_sample_data
from voxdesk.db import Database

pytestmark = pytest.mark.contract
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)  # a Friday
EMMA, DANIEL = "100200", "100201"


@pytest.fixture
def bank(database: Database) -> Database:
    for _ in range(2):  # loading twice is loading once
        with database.transaction() as session:
            load_sample_data(session, NOW, plan_of("US"))
    return database


def tried(bank: Database, number: str, pin: str) -> Verdict:
    with bank.transaction() as session:
        return verification.verify(session, number, pin, now=NOW)


def test_number_and_pin_together_say_who_it_is(bank: Database) -> None:
    client = tried(bank, EMMA, SAMPLE_PIN).client
    assert client is not None
    assert client.number == EMMA
    assert SAMPLE_PIN not in client.pin


def test_nobody_finds_out_which_numbers_exist(bank: Database) -> None:
    assert (
        tried(bank, EMMA, "1111") == tried(bank, "999999", "1111") == Verdict(None, Refusal.WRONG)
    )


def test_after_three_wrong_pins_the_right_one_is_not_taken_either(bank: Database) -> None:
    refusals = [tried(bank, EMMA, wrong).refusal for wrong in ("1111", "2222", "3333")]
    assert refusals == [Refusal.WRONG, Refusal.WRONG, Refusal.LOCKED]
    assert tried(bank, EMMA, SAMPLE_PIN).refusal is Refusal.LOCKED
    assert tried(bank, DANIEL, SAMPLE_PIN).client is not None

    with bank.transaction() as session:
        assert verification.unlock(session, EMMA)
        assert not verification.unlock(session, "999999")
    assert tried(bank, EMMA, SAMPLE_PIN).client is not None


def test_a_right_pin_makes_earlier_mistakes_forgotten(bank: Database) -> None:
    for pin in ("1111", "2222", SAMPLE_PIN, "1111", "2222", SAMPLE_PIN):
        last = tried(bank, EMMA, pin)
    assert last.client is not None


def test_a_card_is_blocked_once(bank: Database) -> None:
    with bank.transaction() as session:
        client = repository.client_of(session, EMMA)
        assert client is not None
        (card,) = repository.cards_of(session, client.id)
        assert repository.block_card(session, card, reason="lost", now=NOW)
        assert not repository.block_card(session, card, reason="lost", now=NOW)
        assert (card.status, card.blocked_at) == (CardStatus.BLOCKED, NOW)


def test_an_unusual_payment_is_found_and_a_usual_customer_has_none(bank: Database) -> None:
    with bank.reading() as session:
        emma = repository.client_of(session, EMMA)
        daniel = repository.client_of(session, DANIEL)
        assert emma is not None
        assert daniel is not None
        payment = repository.suspicious_of(session, emma.id)
        assert payment is not None
        assert (payment.merchant, payment.country, payment.review) == (
            "Electro Shop", "RO", Review.OPEN,
        )  # fmt: skip
        assert payment.risk_reasons == "amount,country"
        assert repository.suspicious_of(session, daniel.id) is None
        assert len(repository.latest_of(session, daniel.id)) == 3


def test_the_same_payment_told_twice_is_one(bank: Database) -> None:
    text = (
        "reference,number,card,made_at,amount,merchant\n"
        f"p1,{DANIEL},8802,2026-11-19T10:00:00+00:00,42.10,Green Grocer\n"
    )
    file = parse_accounts(text, plan_of("US"), name="bank.csv")
    for _ in range(2):
        with bank.transaction() as session:
            save_accounts(session, file, now=NOW)
    with bank.reading() as session:
        found = session.query(BankPayment).filter_by(reference="p1").all()
    assert [(payment.amount_cents, payment.risk) for payment in found] == [(4210, 0)]


def test_customers_come_from_a_file_and_a_payment_without_one_is_refused(
    database: Database,
) -> None:
    head = "number,pin,phone,customer,account,balance,card\n"
    clients = parse_accounts(
        head + "77,2468,+15550119,Ann,checking,10,0001\n", plan_of("US"), name="bank.csv"
    )
    with database.transaction() as session:
        save_accounts(session, clients, now=NOW)
    assert tried(database, "77", "2468").client is not None
    stray = parse_accounts(
        "reference,number,card,made_at,amount\np,77,9999,2026-11-19T10:00:00+00:00,1\n",
        plan_of("US"),
        name="bank.csv",
    )
    with pytest.raises(AccountsRefused, match="customer 77 has no card 9999"):  # noqa: SIM117
        with database.transaction() as session:
            save_accounts(session, stray, now=NOW)


@pytest.mark.parametrize(
    ("hours", "refusal"),
    [
        (4, None),  # Friday at two
        (0.5, NoAppointment.PAST),
        (7, NoAppointment.CLOSED),  # at five they go home
        (24, NoAppointment.CLOSED),  # Saturday
        (24 * 90, NoAppointment.TOO_FAR),
    ],
)
def test_appointments_are_in_business_hours_and_soon(
    bank: Database, hours: float, refusal: NoAppointment | None
) -> None:
    with bank.transaction() as session:
        client = repository.client_of(session, EMMA)
        assert client is not None
        wish = NOW + timedelta(hours=hours)
        offer = appointments.book(session, client.id, wish, topic="loan", now=NOW)
    assert offer.refusal is refusal


def test_two_customers_never_get_the_same_half_hour(bank: Database) -> None:
    wish = NOW + timedelta(hours=4)
    with bank.transaction() as session:
        emma = repository.client_of(session, EMMA)
        daniel = repository.client_of(session, DANIEL)
        assert emma is not None
        assert daniel is not None
        book = appointments.book
        assert book(session, emma.id, wish, topic="", now=NOW).refusal is None
        assert book(session, emma.id, wish, topic="", now=NOW).refusal is None
        later = book(session, daniel.id, wish + timedelta(minutes=10), topic="", now=NOW)
    assert later.refusal is NoAppointment.TAKEN
    assert later.nearest == wish + timedelta(minutes=30)
