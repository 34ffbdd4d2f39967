"""The database: one engine, one base for all models, one way to open a transaction.

SQLite runs in WAL mode and every transaction begins as a writer (`BEGIN IMMEDIATE`): a deferred
one fails at once when it upgrades while another writes, whatever the time-out. Readers say that
they are readers (`Database.reading`) and see the last commit without waiting.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from voxdesk.kernel.errors import DatabaseError

BUSY_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 5
STATEMENT_TIMEOUT_S = 10.0
ANSWER_WITHIN_S = 12.0
"""Then a PostgreSQL that says nothing at all (frozen, or behind a dead network) is away."""
READ_ONLY = "postgresql_readonly"  # psycopg's dialect knows this option; SQLite's is ours

# Named constraints, so that migrations can drop them on either database.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite counts by itself only in a column of the exact type INTEGER.
Counter = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of every table's model."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases (SQLite forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime; pass an aware one")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        del dialect
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """An engine and its sessions. Thread-safe; make one a process."""

    def __init__(self, url: str) -> None:
        """Connects lazily. `url` is SQLAlchemy's, "sqlite:///var/voxdesk.db" or PostgreSQL's.

        Raises:
            DatabaseError: the URL makes no sense, or SQLite's folder can't be made.
        """
        self.engine = make_engine(url)
        self.url = self.engine.url
        self._writers = sessionmaker(self.engine, expire_on_commit=False)
        readers = self.engine.execution_options(**{READ_ONLY: True})
        self._readers = sessionmaker(readers, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any error.

        Raises:
            DatabaseError: the database is away or refused the statement.
        """
        with errors_as_ours(self.url), self._writers.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view of the data, that never waits for a writer nor holds one up.

        Raises:
            DatabaseError: the database is away or refused the statement.
        """
        with errors_as_ours(self.url), self._readers.begin() as session:
            yield session

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def is_refusal(error: DatabaseError) -> bool:
    """Whether the database is there and refuses this very data, so that trying again is useless.

    Everything else (away, locked, full, without its tables) may be better later.
    """
    cause = error.__cause__
    if isinstance(cause, DBAPIError):
        return isinstance(cause, IntegrityError | DataError)
    return isinstance(cause, StatementError)  # a value that the column's type doesn't take


@contextmanager
def errors_as_ours(url: URL) -> Iterator[None]:
    """Turn the library's errors into ours, without a statement's parameters (personal data)."""
    try:
        yield
    # sqlite3's own come through unwrapped when a connection is configured.
    except (SQLAlchemyError, sqlite3.Error) as error:
        detail = (str(getattr(error, "orig", None) or error).splitlines() or [""])[0]
        if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
            detail = type(error.orig or error).__name__
        where = url.render_as_string(hide_password=True)
        raise DatabaseError(f"database {where}: {detail}") from error


def make_engine(url: str, *, statement_timeout_s: float | None = STATEMENT_TIMEOUT_S) -> Engine:
    """An engine with our rules; programs use `Database`, migrations this.

    Raises:
        DatabaseError: the URL makes no sense, or SQLite's folder can't be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _make_sqlite_engine(parsed)
        return _make_postgresql_engine(parsed, statement_timeout_s)
    except (ArgumentError, ImportError) as error:
        raise DatabaseError(
            "the database URL makes no sense; right are for example "
            '"sqlite:///var/voxdesk.db" and "postgresql+psycopg://user:password@host/voxdesk"'
        ) from error


def _make_postgresql_engine(url: URL, statement_timeout_s: float | None) -> Engine:
    """Bounded in every wait, so that a database that hangs is as good as one that is away."""
    arguments: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "tcp_user_timeout": CONNECT_TIMEOUT_S * 1000,
    }
    if statement_timeout_s is not None and "options" not in url.query:
        arguments["options"] = f"-c statement_timeout={int(statement_timeout_s * 1000)}"
    engine = create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        pool_timeout=CONNECT_TIMEOUT_S,
        connect_args=arguments,
    )
    if statement_timeout_s is not None and url.get_driver_name() == "psycopg":

        @event.listens_for(engine, "do_connect")
        def _connect(_dialect: Any, _record: Any, args: Any, parameters: Any) -> Any:
            # Here, so that programs without PostgreSQL don't load it.
            from voxdesk.db_bounded import BoundedConnection  # noqa: PLC0415

            connection = BoundedConnection.connect(*args, **parameters)
            connection.answer_within_s = ANSWER_WITHIN_S
            return connection

    return engine


def _make_sqlite_engine(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        folder = Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"can't make the database's folder {folder}: {error}") from error
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        read_only = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
