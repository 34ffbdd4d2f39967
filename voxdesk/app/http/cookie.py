"""The cookie of a session."""

from typing import Final

from fastapi import Request, Response

from crm.staff.sessions import csrf_of
from voxdesk.app.http.house import House

PLAIN: Final = "voxdesk"
OVER_HTTPS: Final = "__Host-voxdesk"
"""A browser takes this name only over HTTPS, and from nobody but this very host."""
CSRF_HEADER: Final = "X-CSRF-Token"


def secret_in(request: Request) -> str:
    """What the cookie says; empty: there is none."""
    return request.cookies.get(_name(request), "")


def give(request: Request, response: Response, house: House, secret: str) -> str:
    """Have the browser keep a session; what its pages send with each change."""
    response.set_cookie(
        _name(request),
        secret,
        max_age=int(house.lengths.whole.total_seconds()),
        path="/",
        secure=_is_https(request),
        httponly=True,
        samesite="strict",
    )
    return csrf_of(secret)


def take(request: Request, response: Response) -> None:
    """Have the browser forget it."""
    response.delete_cookie(
        _name(request), path="/", secure=_is_https(request), httponly=True, samesite="strict"
    )


def _name(request: Request) -> str:
    return OVER_HTTPS if _is_https(request) else PLAIN


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"
