"""The schema's versions on both databases: what an operator meets at start and at an upgrade."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from voxdesk.app.database import check, prepare, upgrade
from voxdesk.db import Base, Database
from voxdesk.kernel.errors import DatabaseError

pytestmark = pytest.mark.contract

TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": (
        "SELECT tgname, prosrc || pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger "
        "JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal ORDER BY tgname"
    ),
}


def _triggers(url: str) -> list[tuple[str, str]]:
    database = Database(url)
    with database.reading() as session:
        rows = session.execute(text(TRIGGERS[database.engine.dialect.name])).all()
    database.close()
    return [(name, " ".join(body.split())) for name, body in rows]


def _set_version(url: str, version: str) -> None:
    database = Database(url)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    database.close()


def test_an_empty_database_is_made_ready_at_start(blank_database_url: str) -> None:
    prepare(blank_database_url)
    check(blank_database_url)
    prepare(blank_database_url)


def test_programs_that_start_at_once_do_not_collide(blank_database_url: str) -> None:
    start = f"from voxdesk.app.database import prepare; prepare({blank_database_url!r})"
    programs = [subprocess.Popen([sys.executable, "-c", start]) for _ in range(2)]
    assert [program.wait(40) for program in programs] == [0, 0]
    check(blank_database_url)


def _is_of_a_model(name: str | None, kind: str, _parents: object) -> bool:
    """SQLite's text index and its shadows are made beside the models."""
    return kind != "table" or not str(name).startswith("call_words")


def test_models_and_migrations_do_not_differ(blank_database_url: str) -> None:
    upgrade(blank_database_url)
    engine = create_engine(blank_database_url)
    with engine.connect() as connection:
        options = {"compare_server_default": True, "include_name": _is_of_a_model}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def test_the_log_is_guarded_the_same_however_the_tables_were_made(
    blank_database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    upgrade(blank_database_url)
    migrated = _triggers(blank_database_url)
    engine = create_engine(blank_database_url)
    Base.metadata.drop_all(engine)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for function in ("call_events_append_only", "audit_entries_append_only"):
                connection.execute(text(f"DROP FUNCTION {function}()"))
    Base.metadata.create_all(engine)
    engine.dispose()
    assert migrated
    assert _triggers(blank_database_url) == migrated


def test_an_empty_database_says_how_to_fill_it(blank_database_url: str) -> None:
    with pytest.raises(DatabaseError, match="voxdesk db upgrade"):
        check(blank_database_url)


def test_a_newer_database_is_left_alone(blank_database_url: str) -> None:
    upgrade(blank_database_url)
    _set_version(blank_database_url, "9999")
    for attempt in (prepare, check, upgrade):
        with pytest.raises(DatabaseError, match="newer version than this Voxdesk"):
            attempt(blank_database_url)


def test_another_programs_database_is_left_alone(blank_database_url: str) -> None:
    engine = create_engine(blank_database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER)"))
    for attempt in (prepare, check, upgrade):
        with pytest.raises(DatabaseError, match="not Voxdesk's"):
            attempt(blank_database_url)
    assert inspect(engine).get_table_names() == ["invoices"]
    engine.dispose()


def test_upgrading_twice_says_that_nothing_changed(blank_database_url: str) -> None:
    before, after = upgrade(blank_database_url)
    assert before == ""
    assert upgrade(blank_database_url) == (after, after)


@pytest.mark.parametrize("attempt", [prepare, check, upgrade])
def test_a_postgresql_that_is_not_there_is_said_plainly(attempt: object, tmp_path: Path) -> None:
    url = f"postgresql+psycopg://voxdesk:secret-word@/voxdesk?host={tmp_path}"
    with pytest.raises(DatabaseError, match="Is it running") as caught:
        attempt(url)  # type: ignore[operator]
    assert "secret-word" not in str(caught.value)


def test_a_file_that_is_no_database_is_said_plainly(tmp_path: Path) -> None:
    path = tmp_path / "voxdesk.db"
    path.write_text("this is a text file " * 100)
    with pytest.raises(DatabaseError, match="not a database"):
        prepare(f"sqlite:///{path}")


@pytest.mark.parametrize("url", ["", "voxdesk.db", "mysql://localhost/x", "oracle9://nowhere"])
def test_a_wrong_url_shows_right_ones(url: str) -> None:
    with pytest.raises(DatabaseError, match=r"sqlite:///var/voxdesk\.db"):
        Database(url)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="file/below"):
        Database(f"sqlite:///{tmp_path}/file/below/voxdesk.db")
