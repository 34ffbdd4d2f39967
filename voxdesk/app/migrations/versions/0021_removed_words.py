"""Words may be taken out of a call's log once the call says so; what was deleted by rules, and when

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from voxdesk.db import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NO_UPDATE_SQLITE = """CREATE TRIGGER call_events_no_update BEFORE UPDATE ON call_events
WHEN NOT (
  EXISTS (
    SELECT 1 FROM calls WHERE id = OLD.call_id
    AND (words_removed_at IS NOT NULL OR keys_removed_at IS NOT NULL)
  )
  AND NEW.id = OLD.id AND NEW.call_id = OLD.call_id AND NEW.seq = OLD.seq
  AND NEW.kind = OLD.kind AND NEW.at = OLD.at AND NEW.audio_ms = OLD.audio_ms
  AND length(NEW.data) <= length(OLD.data)
)
BEGIN SELECT RAISE(ABORT, 'call_events is append-only'); END"""
FUNCTION_POSTGRESQL = """CREATE OR REPLACE FUNCTION call_events_append_only()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM calls WHERE id = OLD.call_id) THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND EXISTS (
    SELECT 1 FROM calls WHERE id = OLD.call_id
    AND (words_removed_at IS NOT NULL OR keys_removed_at IS NOT NULL)
  ) AND (NEW.id, NEW.call_id, NEW.seq, NEW.kind, NEW.at, NEW.audio_ms)
      = (OLD.id, OLD.call_id, OLD.seq, OLD.kind, OLD.at, OLD.audio_ms)
    AND length(NEW.data::text) <= length(OLD.data::text) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'call_events is append-only';
END $$"""
NO_UPDATE_BEFORE_SQLITE = """CREATE TRIGGER call_events_no_update BEFORE UPDATE ON call_events
BEGIN SELECT RAISE(ABORT, 'call_events is append-only'); END"""
FUNCTION_BEFORE_POSTGRESQL = """CREATE OR REPLACE FUNCTION call_events_append_only()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM calls WHERE id = OLD.call_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'call_events is append-only';
END $$"""
REMOVED = ("words_removed_at", "keys_removed_at")


def upgrade() -> None:
    for name in REMOVED:
        op.add_column("calls", sa.Column(name, UtcDateTime(), nullable=True))
    _replace(NO_UPDATE_SQLITE, FUNCTION_POSTGRESQL)
    op.create_table(
        "deletions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "counts",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
    )


def downgrade() -> None:
    op.drop_table("deletions")
    _replace(NO_UPDATE_BEFORE_SQLITE, FUNCTION_BEFORE_POSTGRESQL)
    for name in REMOVED:
        op.drop_column("calls", name)


def _replace(sqlite: str, postgresql_function: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER call_events_no_update")
        op.execute(sqlite)
    else:
        op.execute(postgresql_function)
