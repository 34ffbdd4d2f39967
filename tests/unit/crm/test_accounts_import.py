"""A bank's own customers and payments, from files."""

import pytest

from crm.accounts.csv_import import AccountsRefused, parse_accounts
from crm.customers.phone import plan_of

pytestmark = pytest.mark.unit
CLIENTS = "number,pin,phone,customer,account,balance,currency,card\n"
PAYMENTS = "reference,number,card,made_at,amount,country\n"


def parse(text: str) -> object:
    return parse_accounts(text, plan_of("US"), name="bank.csv")


def test_a_customer_and_a_payment() -> None:
    file = parse_accounts(
        CLIENTS + "100200,2468,+15550110,Emma Clarke,checking,-12.50,usd,4417\n",
        plan_of("US"),
        name="bank.csv",
    )
    (client,) = file.clients
    assert (client["balance_cents"], client["currency"], client["card"]) == (-1250, "USD", "4417")

    file = parse_accounts(
        PAYMENTS + "p1,100200,4417,2026-11-21T10:00:00+00:00,899,ro\n",
        plan_of("US"),
        name="bank.csv",
    )
    (payment,) = file.payments
    assert (payment["amount_cents"], payment["country"]) == (89_900, "RO")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (CLIENTS + "1,12,+15550110,,,,,\n", r"bank.csv:2  pin must be 4 to 8 digits"),
        (CLIENTS + "1,2468,Emma,,,,,\n", "phone is no phone number"),
        (CLIENTS + "1,2468,+15550110,,,,,4417 1234\n", "last four digits"),
        (CLIENTS + ",2468,+15550110,,,,,\n", "number is empty"),
        (CLIENTS + "1,2468,+15550110,,,1e99,,\n", "balance"),
        (CLIENTS + "1,2468,+15550110,,,,dollars,\n", "write it like USD"),
        (CLIENTS + "1,2468,+15550110,,,,,,,,\n", "more fields"),
        (PAYMENTS + "p1,1,4417,yesterday,12,RO\n", "made_at is .* write it like"),
        (PAYMENTS + "p1,1,4417,2026-11-21T10:00,12,RO\n", "made_at"),
        ("number,phone\n", 'no column "pin"'),
        (CLIENTS.replace("balance", "saldo"), 'unknown column "saldo"'),
        ("", 'no column "number"'),
    ],
)
def test_what_is_wrong_is_named(text: str, complaint: str) -> None:
    with pytest.raises(AccountsRefused, match=complaint):
        parse(text)


def test_a_wrong_pin_is_not_repeated_in_the_message() -> None:
    with pytest.raises(AccountsRefused) as caught:
        parse(CLIENTS + "1,secret99,+15550110,,,,,\n")
    assert "secret99" not in str(caught.value)
