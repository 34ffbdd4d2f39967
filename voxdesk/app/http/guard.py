"""Who asks, and whether they may. Every endpoint has one of these in its signature."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from crm.staff import tokens
from crm.staff.models import Role
from voxdesk.app.http.house import AHouse

LONGEST_SECRET: Final = 200
_bearer = HTTPBearer(auto_error=False, description="A token of `voxdesk tokens create`.")


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who is known.

    Attributes:
        name: as histories show it.
        role: what they may do.
    """

    name: str
    role: Role


def _known(
    house: AHouse,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Staff:
    now = house.clock.now()
    if credentials is not None and len(credentials.credentials) <= LONGEST_SECRET:
        with house.database.reading() as session:
            token = tokens.recognize(session, credentials.credentials, now=now)
        if token is not None:
            if tokens.is_use_news(token, now):
                with house.database.transaction() as session:
                    tokens.note_use(session, token.id, now=now)
            return Staff(token.name, Role(token.role))
    raise HTTPException(
        HTTPStatus.UNAUTHORIZED,
        "Say who you are: Authorization: Bearer TOKEN. Make one: voxdesk tokens create",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _one_of(*roles: Role) -> Callable[[Staff], Staff]:
    def check(staff: Annotated[Staff, Depends(_known)]) -> Staff:
        if staff.role not in roles:
            raise HTTPException(
                HTTPStatus.FORBIDDEN,
                f"{staff.name} is {staff.role} here; this takes {' or '.join(roles)}.",
            )
        return staff

    return check


_A, _O, _S, _U = Role.ADMINISTRATOR, Role.OPS, Role.SUPERVISOR, Role.AUDITOR

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
Scorer = Annotated[Staff, Depends(_one_of(_A, _S))]
"""May score and comment on calls, listen to live ones, and end them."""
Overseer = Annotated[Staff, Depends(_one_of(_A, _U))]
"""May see who did what, and what was redacted."""
Administrator = Annotated[Staff, Depends(_one_of(_A))]
"""May say who may what, and erase."""
