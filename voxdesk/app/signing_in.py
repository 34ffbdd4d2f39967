"""Staff sign in, become the first administrator, choose a password.

Hashing a password takes a while, and nobody else may wait for it: it is done between transactions,
not in one.
"""

import logging
import math
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from crm.audit import repository as audit
from crm.audit.models import Act
from crm.staff import accounts, links, sessions, tries
from crm.staff.models import Account, Purpose, Role
from crm.staff.passwords import LONGEST, Passwords, demand_good
from crm.staff.tries import Counted
from voxdesk.db import Database
from voxdesk.kernel.errors import LinkSpent, PasswordRefused, SignInRefused, TooManyTries

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody, in a new session.

    Attributes:
        account: theirs.
        session: its id.
        secret: for their cookie.
    """

    account: Account
    session: int
    secret: str


@dataclass(frozen=True, slots=True)
class SigningIn:
    """For requests from one address.

    Attributes:
        database: with the accounts.
        passwords: hashes and compares.
        address: where the request came from.
        now: when.
    """

    database: Database
    passwords: Passwords
    address: str
    now: datetime

    def sign_in(self, name: str, password: str) -> SignedIn:
        """By name and password.

        Raises:
            TooManyTries: says when to try again.
            SignInRefused: name or password are wrong, or the account is disabled; takes equally
                long for each.
        """
        counted = (tries.by_name(name), tries.by_address(self.address))
        self._count(counted)
        with self.database.reading() as session:
            account = accounts.find(session, name)
        kept = account.password if account is not None and account.may_sign_in else ""
        fits = self.passwords.fits(kept, password[: LONGEST + 1])
        renewed = ""
        if fits and self.passwords.is_outdated(kept):
            renewed = self.passwords.hash(password)
        with self.database.transaction() as session:
            tries.clear_old(session, now=self.now)
            account = accounts.find(session, name)
            if account is None or not fits or account.password != kept or not account.may_sign_in:
                if account is not None:
                    self._note(session, account, Act.REFUSED, f"signing in from {self.address}")
            else:
                tries.forget(session, counted[0])
                tries.take_back(session, counted[1], now=self.now)
                account.password = renewed or kept
                return self._begun(session, account)
        log.warning("somebody couldn't sign in, from %s", self.address)
        raise SignInRefused(
            "Name or password are wrong, or the account is disabled.", case="sign_in_wrong"
        )

    def become_first(
        self, secret: str, name: str, password: str, *, display_name: str = "", language: str = "en"
    ) -> SignedIn:
        """By the one-time link that the program printed.

        Raises:
            LinkSpent: it is worth nothing any more.
            AccessRefused: the name can't be one.
            PasswordRefused: says what would be right.
        """
        with self.database.reading() as session:
            links.look(session, secret, Purpose.FIRST, now=self.now)
        name = accounts.clean_name(name)
        demand_good(password, name)
        kept = self.passwords.hash(password)
        with self.database.transaction() as session:
            links.use(session, secret, Purpose.FIRST, now=self.now)
            account = accounts.add(
                session,
                name,
                Role.ADMINISTRATOR,
                now=self.now,
                display_name=display_name,
                language=language,
            )
            accounts.set_password(session, account, kept, now=self.now)
            self._note(session, account, Act.CHANGED, f"staff {account.name}", "first one")
            return self._begun(session, account)

    def choose_password(self, secret: str, password: str) -> SignedIn:
        """By a one-time link of an administrator.

        Raises:
            LinkSpent: it is worth nothing any more.
            PasswordRefused: says what would be right.
        """
        with self.database.reading() as session:
            account = account_of_link(session, secret, now=self.now)
        demand_good(password, account.name)
        kept = self.passwords.hash(password)
        with self.database.transaction() as session:
            account = account_of_link(session, secret, now=self.now)
            links.use(session, secret, Purpose.PASSWORD, now=self.now)
            accounts.set_password(session, account, kept, now=self.now)
            tries.forget(session, tries.by_name(account.name))
            self._note(session, account, Act.CHANGED, f"staff {account.name}", "password, by link")
            return self._begun(session, account)

    def change_password(self, account_id: int, present: str, wanted: str) -> SignedIn:
        """By whoever is signed in; every session of theirs ends, and a new one begins.

        Raises:
            TooManyTries: says when to try again.
            SignInRefused: the present password is wrong.
            PasswordRefused: says what would be right.
        """
        with self.database.reading() as session:
            account = session.get_one(Account, account_id)
        demand_good(wanted, account.name)
        if wanted == present:
            raise PasswordRefused(
                "That is the password you have; choose another.", case="password_same"
            )
        counted = tries.by_name(account.name)
        self._count((counted,))
        before = account.password
        if not self.passwords.fits(before, present[: LONGEST + 1]):
            raise SignInRefused("The present password is wrong.", case="present_wrong")
        kept = self.passwords.hash(wanted)
        with self.database.transaction() as session:
            account = session.get_one(Account, account_id)
            if account.password != before:
                raise SignInRefused(
                    "The password was changed meanwhile; sign in again.", case="password_changed"
                )
            tries.forget(session, counted)
            accounts.set_password(session, account, kept, now=self.now)
            self._note(session, account, Act.CHANGED, f"staff {account.name}", "password")
            return self._begun(session, account)

    def _count(self, counted: tuple[Counted, ...]) -> None:
        with self.database.transaction() as session:
            opens = [tries.count(session, one, now=self.now) for one in counted]
            latest = max((at for at in opens if at is not None), default=None)
        if latest is not None:
            wait_s = max(1, math.ceil((latest - self.now).total_seconds()))
            raise TooManyTries(
                f"Too many tries. Try again in {wait_s} s, at {latest:%H:%M:%S} UTC.",
                wait_s=wait_s,
            )

    def _begun(self, session: Session, account: Account) -> SignedIn:
        number, secret = sessions.begin(session, account, address=self.address, now=self.now)
        self._note(session, account, Act.SIGNED_IN, f"session {number}")
        return SignedIn(account, number, secret)

    def _note(self, session: Session, account: Account, act: Act, of: str, why: str = "") -> None:
        audit.note(
            session, who=account.name, role=account.role, act=act, of=of, now=self.now, why=why
        )


def account_of_link(session: Session, secret: str, *, now: datetime) -> Account:
    """Whose password a link is for.

    Raises:
        LinkSpent: it is worth nothing any more.
    """
    link = links.look(session, secret, Purpose.PASSWORD, now=now)
    account = session.get(Account, link.account_id)
    if account is None or account.disabled_at is not None:
        raise LinkSpent("This account is disabled. Ask an administrator.", case="account_disabled")
    return account
