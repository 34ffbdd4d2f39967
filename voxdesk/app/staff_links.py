"""One-time links as people see them."""

import logging
from typing import Final

from crm.staff import accounts, links
from voxdesk.app.settings import Settings
from voxdesk.app.terminal import local_time
from voxdesk.db import Database
from voxdesk.kernel.clock import Clock

log = logging.getLogger(__name__)

FIRST_PAGE: Final = "first"
PASSWORD_PAGE: Final = "password"  # noqa: S105  an address
USUAL_PORT: Final = 8080


def link_to(base: str, page: str, secret: str) -> str:
    """The address of a page that takes a secret.

    It stands behind #, so a browser sends it to nobody: neither our log nor one between has it.
    """
    return f"{base.rstrip('/')}/{page}#{secret}"


def base_of(settings: Settings, host: str = "", port: int = 0) -> str:
    """Where people reach the console, as far as is known here."""
    if settings.console.url:
        return settings.console.url
    host = host or settings.console.host
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port or settings.console.port or USUAL_PORT}"


def first_link(database: Database, clock: Clock, base: str) -> tuple[str, str]:
    """A link by which somebody becomes the first administrator, and until when.

    Raises:
        AccessRefused: there is an administrator.
    """
    with database.transaction() as session:
        link, secret = links.make_first(session, now=clock.now())
        return link_to(base, FIRST_PAGE, secret), local_time(link.expires_at)


def tell_first_link(database: Database, clock: Clock, base: str) -> None:
    """Where nobody may let others in yet: say how to become the one who may."""
    with database.reading() as session:
        if accounts.has_administrator(session):
            return
    link, until = first_link(database, clock, base)
    log.warning("there is no administrator yet; become the first one (until %s): %s", until, link)
