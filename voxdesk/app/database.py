"""The schema of the database: every model in one place, and its versions.

At start a program calls `prepare`: SQLite, the one-machine default, and any empty database are
brought up to date by themselves; a PostgreSQL that several programs share only by
`voxdesk db upgrade`, after a backup.
"""

import enum
import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from voxdesk.db import Database, errors_as_ours, make_engine
from voxdesk.kernel.errors import DatabaseError

MODEL_MODULES = (
    "crm.customers.models",
    "crm.orders.models",
    "crm.tickets.models",
    "crm.acts.models",
    "crm.callbacks.models",
    "crm.accounts.models",
    "crm.calls.models",
    "crm.facts.models",
    "crm.finding.models",
    "crm.comments.models",
    "recordings.waveforms.models",
    "crm.jobs.models",
    "crm.imports.models",
    "crm.transcripts.models",
    "crm.live.models",
    "crm.questions.models",
    "crm.messages.models",
    "crm.flows.models",
    "crm.surveys.models",
    "crm.scores.models",
    "crm.figures.models",
    "crm.staff.models",
    "crm.audit.models",
    "crm.privacy.models",
    "telephony.queue.models",
)
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
# Any number that no other program uses for its lock; two upgrades at once would collide.
_UPGRADE_LOCK = 0x766F7864


class SchemaState(enum.Enum):
    """How a database's version stands to this program's."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"
    FOREIGN = "foreign"  # it has tables, and they aren't ours


def import_models() -> None:
    """Make `voxdesk.db.Base.metadata` know every table."""
    for name in MODEL_MODULES:
        importlib.import_module(name)


def prepare(url: str) -> None:
    """Make sure that this program can work with the database; upgrade it where that is safe.

    Raises:
        DatabaseError: it is away, or of another version; says what to do.
    """
    with _connected(url) as connection:
        state = schema_state(connection)
        is_ours_alone = connection.dialect.name == "sqlite" and state is SchemaState.OLDER
        if state is SchemaState.EMPTY or is_ours_alone:
            _upgrade(connection)
            return
    _demand_current(url, state)


def check(url: str) -> None:
    """Make sure that the database is there and of this program's version.

    Raises:
        DatabaseError: it isn't; says what to do.
    """
    with _connected(url) as connection:
        state = schema_state(connection)
    _demand_current(url, state)


def upgrade(url: str) -> tuple[str, str]:
    """Bring the database to this program's version.

    Returns:
        the versions before and after; before is empty for an empty database.

    Raises:
        DatabaseError: it is away, newer than this program, or another program's.
    """
    with _connected(url) as connection:
        state = schema_state(connection)
        before = version_of(connection)
        if state in {SchemaState.EMPTY, SchemaState.OLDER}:
            _upgrade(connection)
            state = SchemaState.CURRENT
    _demand_current(url, state)
    return before, newest_version()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database, ready to work with, for a command.

    Raises:
        DatabaseError: it is away, or of another version; says what to do.
    """
    prepare(url)
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def schema_state(connection: Connection) -> SchemaState:
    """Compare the database's version with ours."""
    version = version_of(connection)
    if not version:
        tables = set(inspect(connection).get_table_names()) - {VERSION_TABLE}
        return SchemaState.FOREIGN if tables else SchemaState.EMPTY
    if version == newest_version():
        return SchemaState.CURRENT
    known = {script.revision for script in _scripts().walk_revisions()}
    return SchemaState.OLDER if version in known else SchemaState.NEWER


def version_of(connection: Connection) -> str:
    """The database's version, empty when it has none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def newest_version() -> str:
    """The version that this program speaks."""
    return _scripts().get_current_head() or ""


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings, on this connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    command.upgrade(alembic_config(connection), "head")


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """One transaction on a connection of its own, without a statement's time limit."""
    engine = make_engine(url, statement_timeout_s=None)
    try:
        with errors_as_ours(engine.url), engine.begin() as connection:
            yield connection
    except DatabaseError as error:
        if not isinstance(error.__cause__, SQLAlchemyError):
            raise
        raise DatabaseError(
            f"{error}\n  Is it running, and is the setting database.url right?"
        ) from error
    finally:
        engine.dispose()


def _demand_current(url: str, state: SchemaState) -> None:
    where = make_url(url).render_as_string(hide_password=True)
    match state:
        case SchemaState.EMPTY:
            raise DatabaseError(f"database {where} is empty; run: voxdesk db upgrade")
        case SchemaState.OLDER:
            raise DatabaseError(
                f"database {where} is of an older version; make a backup, then run: "
                "voxdesk db upgrade"
            )
        case SchemaState.NEWER:
            raise DatabaseError(
                f"database {where} is of a newer version than this Voxdesk; install the newer "
                "Voxdesk, or set database.url to another database"
            )
        case SchemaState.FOREIGN:
            raise DatabaseError(
                f"database {where} has tables that are not Voxdesk's; set database.url to an "
                "empty database"
            )
        case SchemaState.CURRENT:
            return
