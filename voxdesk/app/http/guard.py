"""Who asks, and whether they may. Every endpoint has one of these in its signature."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from crm.staff import sessions, tokens
from crm.staff.models import AccessToken, Account, Role, StaffSession
from crm.staff.secret import LONGEST
from voxdesk.app.http.cookie import CSRF_HEADER, OVER_HTTPS, secret_in
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.http.security import SAFE
from voxdesk.kernel.errors import PasswordChangeNeeded, SessionOver

_bearer = HTTPBearer(auto_error=False, description="A token of `voxdesk tokens create`.")
_cookie = APIKeyCookie(
    name=OVER_HTTPS,
    auto_error=False,
    scheme_name="Session",
    description=f"Of `POST /session`. Changes need its `csrf` too, as {CSRF_HEADER}.",
)


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who is known.

    Attributes:
        name: as histories show it.
        role: what they may do.
        account: id of a person's account; None: a program with a token.
        session: id of the session in which a person works.
        must_change: they have to choose another password before anything else.
    """

    name: str
    role: Role
    account: int | None = None
    session: int | None = None
    must_change: bool = False


def _known(
    request: Request,
    house: AHouse,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    _: Annotated[str | None, Depends(_cookie)],
) -> Staff:
    if "authorization" not in request.headers and (secret := secret_in(request)):
        staff = _by_session(house, secret)
        if request.method not in SAFE and not sessions.is_csrf(
            secret, request.headers.get(CSRF_HEADER, "")
        ):
            raise HTTPException(
                HTTPStatus.FORBIDDEN,
                f"Who is known by a cookie sends {CSRF_HEADER} with each change: `csrf` of "
                "GET /session.",
            )
        return staff
    token = _token(house, credentials.credentials) if credentials is not None else None
    if token is not None:
        return Staff(token.name, Role(token.role))
    raise HTTPException(
        HTTPStatus.UNAUTHORIZED,
        "Say who you are: sign in, or send Authorization: Bearer TOKEN. Make one: voxdesk tokens "
        "create",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _token(house: House, secret: str) -> AccessToken | None:
    if len(secret) > LONGEST:
        return None
    now = house.clock.now()
    with house.database.reading() as session:
        token = tokens.recognize(session, secret, now=now)
    if token is not None and tokens.is_use_news(token, now):
        with house.database.transaction() as session:
            tokens.note_use(session, token.id, now=now)
    return token


def _by_session(house: House, secret: str) -> Staff:
    now = house.clock.now()
    with house.database.reading() as session:
        found = sessions.recognize(session, secret, house.lengths, now=now)
    if found is None:
        raise SessionOver("Your session is over. Sign in again; what you see stays as it is.")
    if sessions.is_use_news(found, now):
        with house.database.transaction() as session:
            sessions.note_use(session, found.id, now=now)
    return staff_of(found.account, found.id)


def staff_of(account: Account, session: int) -> Staff:
    """A person in a session."""
    return Staff(account.name, Role(account.role), account.id, session, account.must_change)


def is_still_known(house: House, staff: Staff) -> bool:
    """Whether somebody may go on, for answers that don't end (a stream, a live call).

    Looking costs a small query; every few seconds is enough. It doesn't count as use.
    """
    now = house.clock.now()
    with house.database.reading() as session:
        if staff.session is None:
            return tokens.is_held(session, staff.name, staff.role, now=now)
        found = session.get(StaffSession, staff.session)
        return (
            found is not None
            and sessions.holds(found, house.lengths, now)
            and found.account.role == staff.role
        )


def _one_of(*roles: Role) -> Callable[[Staff], Staff]:
    def check(staff: Annotated[Staff, Depends(_known)]) -> Staff:
        if staff.must_change:
            raise PasswordChangeNeeded(
                "Choose another password first; an administrator wants you to."
            )
        if staff.role not in roles:
            raise HTTPException(
                HTTPStatus.FORBIDDEN,
                f"{staff.name} is {staff.role} here; this takes {' or '.join(roles)}.",
            )
        return staff

    return check


_A, _O, _S, _U = Role.ADMINISTRATOR, Role.OPS, Role.SUPERVISOR, Role.AUDITOR

Myself = Annotated[Staff, Depends(_known)]
"""Whoever is known, even while they have to choose another password; for their own account."""
Anyone = Annotated[Staff, Depends(_one_of(*Role))]
"""Whoever is known."""
Reader = Annotated[Staff, Depends(_one_of(_A, _O, _S, _U))]
"""May look at flows."""
Editor = Annotated[Staff, Depends(_one_of(_A, _O))]
"""May change what callers hear."""
Watcher = Annotated[Staff, Depends(_one_of(_A, _O, _S, _U))]
"""May see how things go: numbers, pictures, which calls there are now; no words of anybody's."""
Listener = Annotated[Staff, Depends(_one_of(_A, _S, _U))]
"""May see and hear calls, redacted."""
Minder = Annotated[Staff, Depends(_one_of(_A, _O, _S))]
"""Minds that things go well: says that an alarm was seen."""
Scorer = Annotated[Staff, Depends(_one_of(_A, _S))]
"""May score and comment on calls, listen to live ones, and end them."""
Overseer = Annotated[Staff, Depends(_one_of(_A, _U))]
"""May see who did what, and what was redacted."""
Administrator = Annotated[Staff, Depends(_one_of(_A))]
"""May say who may what, and erase."""
