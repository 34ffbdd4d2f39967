"""Questions that a caller may want to be offered: their own frequent ones, then everybody's."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from crm.questions.repository import frequent

OWN_FOR: Final = timedelta(days=365)
EVERYBODYS_FOR: Final = timedelta(days=30)
RENEWED_EVERY_S: Final = 600.0
"""What everybody asks is counted over many calls, and changes slowly."""
OFFERED: Final = 5


class PopularQuestions:
    """Thread-safe: at worst, two threads count what everybody asks at once."""

    def __init__(self) -> None:
        self._everybodys: tuple[float, Sequence[str]] = (-RENEWED_EVERY_S, ())

    def of(self, session: Session, *, customer_id: int | None, callers: Sequence[str]) -> list[str]:
        """The caller's first, then the others, each once.

        Args:
            session: to read with.
            customer_id: who calls; None: nobody knows.
            callers: spellings of the number they call from; none: it is withheld.
        """
        own: Sequence[str] = ()
        now = datetime.now(UTC)
        if customer_id is not None or callers:
            own = frequent(
                session,
                since=now - OWN_FOR,
                customer_id=customer_id,
                callers=callers,
                limit=OFFERED,
            )
        counted_at_s, everybodys = self._everybodys
        if time.monotonic() - counted_at_s >= RENEWED_EVERY_S:
            everybodys = frequent(session, since=now - EVERYBODYS_FOR, limit=OFFERED)
            self._everybodys = (time.monotonic(), everybodys)
        return list(dict.fromkeys([*own, *everybodys]))[: 2 * OFFERED]
