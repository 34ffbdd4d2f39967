"""Who works here: accounts and tokens, for administrators."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from crm.audit.models import Act
from crm.staff import accounts, links, sessions, tokens
from crm.staff.accounts import MAX_NAME, Change
from crm.staff.models import AccessToken, Account, Role
from voxdesk.app.http.audit import noted
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Administrator
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.session import Language, Name
from voxdesk.app.staff_links import PASSWORD_PAGE, link_to

router = APIRouter(tags=["staff"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class AccountOut(BaseModel):
    """Somebody who works here."""

    id: int
    name: str
    display_name: str
    role: Role
    language: Language
    is_disabled: bool
    has_password: bool = Field(description="False: the one-time link wasn't used yet.")
    must_change: bool
    created_at: AwareDatetime
    signed_in_at: AwareDatetime | None
    sessions: int = Field(description="Browsers in which they are signed in now.")


class AccountIn(BaseModel):
    """Somebody new."""

    name: Name
    role: Role
    display_name: str = Field("", max_length=MAX_NAME)
    language: Language = "en"


class LinkMade(BaseModel):
    """A one-time link by which somebody chooses a password. It is shown only now."""

    link: str
    until: AwareDatetime


class AccountMade(BaseModel):
    """A new account, and the link for whoever it is for."""

    account: AccountOut
    link: LinkMade


class AccountChange(BaseModel):
    """What is left out stays."""

    display_name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)] | None = None
    role: Role | None = None
    is_disabled: bool | None = None
    must_change: bool | None = None


class TokenOut(BaseModel):
    """A token; its secret can't be seen again."""

    id: int
    name: str
    role: Role
    is_in_use: bool
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    used_at: AwareDatetime | None = Field(description="To a minute.")


class TokenIn(BaseModel):
    """A new token."""

    name: Name
    role: Role = Role.OPS
    days: int = Field(365, ge=0, le=3650, description="For how long; 0: until it is revoked.")


class TokenMade(BaseModel):
    """A new token, with its secret, which is shown only now."""

    token: TokenOut
    secret: str


@router.get("/staff")
def list_staff(house: AHouse, _: Administrator) -> list[AccountOut]:
    """Everybody, by name; disabled ones too."""
    with house.database.reading() as session:
        return [_shown(session, account, house) for account in accounts.every(session)]


@router.post("/staff", status_code=201)
def add_staff(who: AccountIn, request: Request, house: AHouse, staff: Administrator) -> AccountMade:
    """Add somebody. Give them the link: they choose a password by it, which nobody else knows."""
    now = house.clock.now()
    with house.database.transaction() as session:
        account = accounts.add(
            session,
            who.name,
            who.role,
            now=now,
            display_name=who.display_name,
            language=who.language,
        )
        link, secret = links.make_for(session, account, now=now)
        noted(
            session, staff, Act.CHANGED, of=f"staff {account.name}", now=now, why=f"new, {who.role}"
        )
        return AccountMade(
            account=_shown(session, account, house),
            link=LinkMade(link=_link(request, house, secret), until=link.expires_at),
        )


@router.patch("/staff/{number}")
def change_staff(
    number: Number, wanted: AccountChange, house: AHouse, staff: Administrator
) -> AccountOut:
    """Change somebody's role or name, disable or enable them; it holds from their next request."""
    now = house.clock.now()
    with house.database.transaction() as session:
        account = _account(session, number)
        change = Change(
            display_name=wanted.display_name,
            role=wanted.role,
            is_disabled=wanted.is_disabled,
            must_change=wanted.must_change,
        )
        done = accounts.change(session, account, change, now=now)
        if done:
            why = ", ".join(done)
            noted(session, staff, Act.CHANGED, of=f"staff {account.name}", now=now, why=why)
        return _shown(session, account, house)


@router.post("/staff/{number}/password-link")
def make_link(number: Number, request: Request, house: AHouse, staff: Administrator) -> LinkMade:
    """A one-time link for another password. The present one holds until the link is used."""
    now = house.clock.now()
    with house.database.transaction() as session:
        account = _account(session, number)
        link, secret = links.make_for(session, account, now=now)
        noted(
            session,
            staff,
            Act.CHANGED,
            of=f"staff {account.name}",
            now=now,
            why="link for a password",
        )
        return LinkMade(link=_link(request, house, secret), until=link.expires_at)


@router.delete("/staff/{number}/sessions", status_code=204)
def sign_somebody_out(number: Number, house: AHouse, staff: Administrator) -> None:
    """Sign somebody out everywhere."""
    now = house.clock.now()
    with house.database.transaction() as session:
        account = _account(session, number)
        sessions.end_all(session, account.id, now=now)
        noted(session, staff, Act.CHANGED, of=f"staff {account.name}", now=now, why="signed out")


@router.get("/tokens")
def list_tokens(house: AHouse, _: Administrator) -> list[TokenOut]:
    """Every token there ever was, the newest first."""
    with house.database.reading() as session:
        return [_token(token, house) for token in tokens.every(session)]


@router.post("/tokens", status_code=201)
def create_token(wanted: TokenIn, house: AHouse, staff: Administrator) -> TokenMade:
    """Make a token for a program."""
    now = house.clock.now()
    lasts = timedelta(days=wanted.days) if wanted.days else None
    with house.database.transaction() as session:
        token, secret = tokens.make(session, wanted.name, wanted.role, now=now, lasts=lasts)
        noted(
            session,
            staff,
            Act.CHANGED,
            of=f"token {token.name}",
            now=now,
            why=f"new, {wanted.role}",
        )
        return TokenMade(token=_token(token, house), secret=secret)


@router.delete("/tokens/{number}", status_code=204)
def revoke_token(number: Number, house: AHouse, staff: Administrator) -> None:
    """Take a token back; the next request with it is refused."""
    now = house.clock.now()
    with house.database.transaction() as session:
        token = tokens.get(session, number)
        if token is None:
            raise NotThere("There is no such token.", case="no_token")
        tokens.revoke(session, token.name, now=now)
        noted(session, staff, Act.CHANGED, of=f"token {token.name}", now=now, why="revoked")


def _account(session: Session, number: int) -> Account:
    account = session.get(Account, number)
    if account is None:
        raise NotThere("There is no such account.", case="no_account")
    return account


def _link(request: Request, house: AHouse, secret: str) -> str:
    base = house.settings.console.url or str(request.base_url)
    return link_to(base, PASSWORD_PAGE, secret)


def _shown(session: Session, account: Account, house: AHouse) -> AccountOut:
    places = sessions.of_account(session, account.id, house.lengths, now=house.clock.now())
    return AccountOut(
        id=account.id,
        name=account.name,
        display_name=account.display_name,
        role=Role(account.role),
        language="zh" if account.language == "zh" else "en",
        is_disabled=account.disabled_at is not None,
        has_password=bool(account.password),
        must_change=account.must_change,
        created_at=account.created_at,
        signed_in_at=account.signed_in_at,
        sessions=len(places),
    )


def _token(token: AccessToken, house: AHouse) -> TokenOut:
    return TokenOut(
        id=token.id,
        name=token.name,
        role=Role(token.role),
        is_in_use=token.holds(house.clock.now()),
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        used_at=token.used_at,
    )
