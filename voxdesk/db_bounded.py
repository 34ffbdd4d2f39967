"""A connection to PostgreSQL that gives up on a server that says nothing any more.

The server's own statement_timeout needs a server that runs. When it is frozen, or its network is
gone, the connection stays open for hours.
"""

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

Result = TypeVar("Result")


class BoundedConnection(psycopg.Connection[Any]):
    """psycopg's, with a bound on the wait for each answer; then it is closed.

    Attributes:
        answer_within_s: the bound; None for none.
    """

    answer_within_s: float | None = None

    def wait(
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        """For one answer.

        Raises:
            psycopg.OperationalError: there is none.
        """
        bound_s = self.answer_within_s if timeout is None else timeout
        try:
            return super().wait(gen, interval, bound_s)
        except psycopg.Error as error:
            if timeout is not None or type(error).__name__ != "_WaitTimeout":
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer within {bound_s:g} s") from error
