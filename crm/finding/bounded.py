"""A search that takes too long is stopped, and says what to change."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from crm.finding.query import SearchRefused

WITHIN_S: Final = 3.0
_STEPS: Final = 20_000
"""Of SQLite's machine between two looks at the clock."""


@contextmanager
def bounded(session: Session, *, within_s: float = WITHIN_S) -> Iterator[None]:
    """Bound what the session does inside.

    Raises:
        SearchRefused: it took longer.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL statement_timeout = {int(within_s * 1000)}"))
        try:
            yield
        except DBAPIError as error:
            if type(error.orig).__name__ == "QueryCanceled":
                raise _too_slow(within_s) from error
            raise
        return
    connection: Any = session.connection().connection.driver_connection
    until = time.monotonic() + within_s
    connection.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    try:
        yield
    except DBAPIError as error:
        if "interrupted" in str(error.orig):
            raise _too_slow(within_s) from error
        raise
    finally:
        connection.set_progress_handler(None, 0)


def _too_slow(within_s: float) -> SearchRefused:
    return SearchRefused(
        f"This search takes longer than {within_s:g} s and was stopped. Give a shorter time, "
        "or a rarer word.",
        case="search_slow",
        within_s=within_s,
    )
