"""Signing in and out, and what everybody may change about themselves."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from crm.audit.models import Act
from crm.staff import accounts, links, sessions
from crm.staff.accounts import MAX_NAME, Change
from crm.staff.models import Account, Purpose, Role, StaffSession, Theme
from crm.staff.passwords import LONGEST
from voxdesk.app.http import cookie
from voxdesk.app.http.audit import noted
from voxdesk.app.http.guard import Anyone, Myself, Staff
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.signing_in import SignedIn, SigningIn, account_of_link
from voxdesk.kernel.errors import AccessRefused

router = APIRouter(tags=["session"])

Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST * 4)]
Language = Literal["en", "zh"]


class SessionOut(BaseModel):
    """Who is signed in, and how their pages are."""

    name: str
    display_name: str
    role: Role
    language: Language
    theme: Theme
    csrf: str = Field(description="`X-CSRF-Token` of each change; empty for a token.")
    must_change: bool = Field(description="Another password has to be chosen first.")


class SignInIn(BaseModel):
    """Name and password."""

    name: Name
    password: Password


class FirstIn(BaseModel):
    """Of the first administrator."""

    secret: Secret
    name: Name
    password: Password
    display_name: str = Field("", max_length=MAX_NAME)
    language: Language = "en"


class FirstOut(BaseModel):
    """Whether there is nobody yet who may let others in."""

    is_needed: bool


class SecretIn(BaseModel):
    """What is in a one-time link."""

    secret: Secret


class LinkOut(BaseModel):
    """Whose password it is for."""

    name: str
    display_name: str
    language: Language
    until: AwareDatetime


class ChooseIn(SecretIn):
    """A password, by one-time link."""

    password: Password


class PasswordIn(BaseModel):
    """Another password for oneself."""

    present: Password
    wanted: Password


class PreferencesIn(BaseModel):
    """What is left out stays."""

    display_name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)] | None = None
    language: Language | None = None
    theme: Theme | None = None


class PlaceOut(BaseModel):
    """Where somebody is signed in."""

    id: int
    began_at: AwareDatetime
    used_at: AwareDatetime
    address: str
    is_this: bool


@router.post("/session")
def sign_in(who: SignInIn, request: Request, response: Response, house: AHouse) -> SessionOut:
    """Sign in. The answer's cookie is the session; `csrf` goes with each change."""
    before = cookie.secret_in(request)
    signed_in = signing_in(request, house).sign_in(who.name, who.password)
    if before:  # the same browser: that one can't be reached any more
        with house.database.transaction() as session:
            old = sessions.recognize(session, before, house.lengths, now=house.clock.now())
            if old is not None:
                sessions.end(session, old.id, now=house.clock.now())
    return _begun(request, response, house, signed_in)


@router.get("/session")
def who_am_i(request: Request, house: AHouse, staff: Myself) -> SessionOut:
    """Who is signed in; 401 when nobody is."""
    if staff.account is None:
        return SessionOut(
            name=staff.name,
            display_name=staff.name,
            role=staff.role,
            language="en",
            theme=Theme.AUTO,
            csrf="",
            must_change=False,
        )
    with house.database.reading() as session:
        account = session.get_one(Account, staff.account)
    return _shown(account, sessions.csrf_of(cookie.secret_in(request)))


@router.delete("/session", status_code=204)
def sign_out(request: Request, response: Response, house: AHouse, staff: Myself) -> None:
    """Sign out here."""
    number = _person(staff)[1]
    with house.database.transaction() as session:
        sessions.end(session, number, now=house.clock.now())
        noted(session, staff, Act.SIGNED_OUT, of=f"session {number}", now=house.clock.now())
    cookie.take(request, response)


@router.put("/session/password")
def change_password(
    change: PasswordIn, request: Request, response: Response, house: AHouse, staff: Myself
) -> SessionOut:
    """Choose another password; every other session of yours ends, and this one is a new one."""
    account = _person(staff)[0]
    signed_in = signing_in(request, house).change_password(account, change.present, change.wanted)
    return _begun(request, response, house, signed_in)


@router.patch("/session/preferences")
def change_preferences(
    wanted: PreferencesIn, request: Request, house: AHouse, staff: Anyone
) -> SessionOut:
    """Your pages' language and theme, and your name as others see it."""
    number = _person(staff)[0]
    change = Change(display_name=wanted.display_name, language=wanted.language, theme=wanted.theme)
    with house.database.transaction() as session:
        account = session.get_one(Account, number)
        accounts.change(session, account, change, now=house.clock.now())
        if wanted.display_name is not None:
            noted(
                session,
                staff,
                Act.CHANGED,
                of=f"staff {account.name}",
                now=house.clock.now(),
                why="display name",
            )
    return _shown(account, sessions.csrf_of(cookie.secret_in(request)))


@router.get("/session/places")
def places(house: AHouse, staff: Myself) -> list[PlaceOut]:
    """Where you are signed in."""
    account, this = _person(staff)
    with house.database.reading() as session:
        found = sessions.of_account(session, account, house.lengths, now=house.clock.now())
        return [_place(one, this) for one in found]


@router.delete("/session/places", status_code=204)
def sign_out_elsewhere(house: AHouse, staff: Myself) -> None:
    """Sign out everywhere but here."""
    account, this = _person(staff)
    with house.database.transaction() as session:
        sessions.end_all(session, account, now=house.clock.now(), but=this)
        noted(
            session,
            staff,
            Act.SIGNED_OUT,
            of=f"staff {staff.name}",
            now=house.clock.now(),
            why="everywhere else",
        )


@router.get("/first-administrator")
def is_first_needed(house: AHouse) -> FirstOut:
    """Whether this installation has no administrator yet."""
    with house.database.reading() as session:
        return FirstOut(is_needed=not accounts.has_administrator(session))


@router.post("/first-administrator")
def become_first(who: FirstIn, request: Request, response: Response, house: AHouse) -> SessionOut:
    """Become the first administrator, by the one-time link that was printed; signs in too."""
    signed_in = signing_in(request, house).become_first(
        who.secret,
        who.name,
        who.password,
        display_name=who.display_name,
        language=who.language,
    )
    return _begun(request, response, house, signed_in)


@router.post("/password-links/look")
def look_at_link(link: SecretIn, house: AHouse) -> LinkOut:
    """Whose password a one-time link is for; it stays good."""
    now = house.clock.now()
    with house.database.reading() as session:
        account = account_of_link(session, link.secret, now=now)
        until = links.look(session, link.secret, Purpose.PASSWORD, now=now).expires_at
    return LinkOut(
        name=account.name,
        display_name=account.display_name,
        language=_language(account),
        until=until,
    )


@router.post("/password-links")
def choose_password(
    chosen: ChooseIn, request: Request, response: Response, house: AHouse
) -> SessionOut:
    """Choose a password, by a one-time link of an administrator; signs in too."""
    signed_in = signing_in(request, house).choose_password(chosen.secret, chosen.password)
    return _begun(request, response, house, signed_in)


def signing_in(request: Request, house: House) -> SigningIn:
    """For this request."""
    address = request.client.host if request.client is not None else ""
    return SigningIn(house.database, house.passwords, address, house.clock.now())


def _begun(request: Request, response: Response, house: House, signed_in: SignedIn) -> SessionOut:
    return _shown(signed_in.account, cookie.give(request, response, house, signed_in.secret))


def _shown(account: Account, csrf: str) -> SessionOut:
    return SessionOut(
        name=account.name,
        display_name=account.display_name,
        role=Role(account.role),
        language=_language(account),
        theme=Theme(account.theme),
        csrf=csrf,
        must_change=account.must_change,
    )


def _language(account: Account) -> Language:
    return "zh" if account.language == "zh" else "en"


def _place(found: StaffSession, this: int) -> PlaceOut:
    return PlaceOut(
        id=found.id,
        began_at=found.began_at,
        used_at=found.used_at,
        address=found.address,
        is_this=found.id == this,
    )


def _person(staff: Staff) -> tuple[int, int]:
    """Account and session of whoever asks.

    Raises:
        AccessRefused: it is a program with a token.
    """
    if staff.account is None or staff.session is None:
        raise AccessRefused(
            "A token has no password, no preferences and no sessions.", case="only_people"
        )
    return staff.account, staff.session
