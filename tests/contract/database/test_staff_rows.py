"""Accounts, links and counted tries when several ask at the same moment, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from fixtures.console_house import PASSWORD, QUICK

from crm.staff import accounts, links, sessions, tries
from crm.staff.accounts import Change
from crm.staff.models import Account, Purpose, Role
from crm.staff.sessions import Lengths
from voxdesk.app.signing_in import SigningIn
from voxdesk.db import Database
from voxdesk.kernel.errors import AccessRefused, VoxdeskError

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
WITHIN_S = 20.0


def at_once(*ways: Callable[[], object]) -> list[str]:
    """Have all of them done at the same moment; how each ended, "" for well."""
    start = Barrier(len(ways))

    def one(way: Callable[[], object]) -> str:
        start.wait(WITHIN_S)
        try:
            way()
        except VoxdeskError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(len(ways)) as pool:
        return sorted(pool.map(one, ways))


def person(database: Database, name: str, role: Role = Role.OPS) -> int:
    with database.transaction() as session:
        account = accounts.add(session, name, role, now=NOW)
        accounts.set_password(session, account, QUICK.hash(PASSWORD), now=NOW)
        return account.id


def test_many_guesses_at_once_are_no_more_than_one_after_the_other(database: Database) -> None:
    person(database, "anna")

    def guess() -> object:
        return SigningIn(database, QUICK, "192.0.2.7", NOW).sign_in("anna", "wrong")

    ended = at_once(*[guess] * 9)
    assert ended == ["sign_in_refused"] * 5 + ["too_many_tries"] * 4


def test_many_who_sign_in_at_once_from_one_office_do_not_hinder_each_other(
    database: Database,
) -> None:
    for number in range(6):
        person(database, f"agent {number}")

    def sign_in(number: int) -> Callable[[], object]:
        where = SigningIn(database, QUICK, "192.0.2.7", NOW)
        return lambda: where.sign_in(f"agent {number}", PASSWORD)

    assert at_once(*[sign_in(number) for number in range(6)]) == [""] * 6
    with database.transaction() as session:
        for number in range(60):
            at = NOW + timedelta(seconds=number)
            where = tries.by_address("192.0.2.7")
            assert tries.count(session, where, now=at) is None
            tries.take_back(session, where, now=at)


def test_a_link_that_two_use_at_once_lets_one_of_them_in(database: Database) -> None:
    number = person(database, "anna")
    with database.transaction() as session:
        _, secret = links.make_for(session, session.get_one(Account, number), now=NOW)
        _, first = links.make_first(session, now=NOW)
    where = SigningIn(database, QUICK, "192.0.2.7", NOW)
    ended = at_once(*[lambda: where.choose_password(secret, "another horse battery")] * 2)
    assert ended == ["", "link_spent"]
    ended = at_once(
        *[lambda name=name: where.become_first(first, name, PASSWORD) for name in ("bo", "cy")]
    )
    assert ended == ["", "link_spent"]
    with database.reading() as session, pytest.raises(AccessRefused):
        links.look(session, first, Purpose.FIRST, now=NOW)


def test_two_administrators_cannot_shut_each_other_out(database: Database) -> None:
    both = [person(database, name, Role.ADMINISTRATOR) for name in ("anna", "bo")]

    def shut_out(number: int) -> None:
        with database.transaction() as session:
            account = session.get_one(Account, number)
            accounts.change(session, account, Change(is_disabled=True), now=NOW)

    ended = at_once(*[lambda number=number: shut_out(number) for number in both])
    assert ended == ["", "access_refused"]
    with database.reading() as session:
        assert accounts.has_administrator(session)


def test_a_session_is_recognized_by_its_secret_until_it_ends(database: Database) -> None:
    number = person(database, "anna")
    lengths = Lengths(idle=timedelta(minutes=60), whole=timedelta(hours=12))
    with database.transaction() as session:
        account = session.get_one(Account, number)
        begun, secret = sessions.begin(session, account, address="192.0.2.7", now=NOW)
    with database.reading() as session:
        found = sessions.recognize(session, secret, lengths, now=NOW)
        assert found is not None
        assert found.account.name == "anna"
        assert sessions.recognize(session, secret[:-1] + "_", lengths, now=NOW) is None
        later = NOW + timedelta(minutes=60)
        assert sessions.recognize(session, secret, lengths, now=later) is None
    with database.transaction() as session:
        sessions.end(session, begun, now=NOW)
    with database.reading() as session:
        assert sessions.recognize(session, secret, lengths, now=NOW) is None


def test_addresses_of_one_customer_are_counted_as_one() -> None:
    assert tries.by_address("2001:db8::1") == tries.by_address("2001:db8::ffff:1")
    assert tries.by_address("2001:db8::1") != tries.by_address("2001:db8:0:1::1")
    assert tries.by_address("::ffff:192.0.2.7") == tries.by_address("192.0.2.7")
    assert tries.by_address("192.0.2.7") != tries.by_address("192.0.2.8")
