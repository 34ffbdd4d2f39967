"""Recordings from elsewhere

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)
BEFORE = "direction IN ('inbound', 'outbound')"
NOW = "direction IN ('inbound', 'outbound', 'imported')"


def _directions(old: str, new: str) -> None:
    """SQLite can't change a constraint, and making the table anew would delete, by cascade, all
    that belongs to its calls: its definition is rewritten, as SQLite's documentation says for
    changes that don't touch rows (https://www.sqlite.org/lang_altertable.html, section 7).
    """
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_calls_direction"), "calls", type_="check")
        op.create_check_constraint(op.f("ck_calls_direction"), "calls", new)
        return
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar()
    op.execute("PRAGMA writable_schema=ON")
    op.get_bind().execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new) "
            "WHERE type = 'table' AND name = 'calls'"
        ),
        {"old": old, "new": new},
    )
    op.execute(f"PRAGMA schema_version={int(version or 0) + 1}")
    op.execute("PRAGMA writable_schema=OFF")


def upgrade() -> None:
    _directions(BEFORE, NOW)
    op.create_table(
        "imports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("started_at", UTC_TIME, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("speakers", sa.Integer(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("changed_at", UTC_TIME, nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'working', 'done', 'failed', 'cancelled')",
            name=op.f("ck_imports_state"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_imports_call_id_calls"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index("ix_imports_created_at", ["created_at"], unique=False)
        batch_op.create_index("uq_imports_sha256", ["sha256"], unique=True)
        batch_op.create_index(batch_op.f("ix_imports_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_imports_call_id"), ["call_id"], unique=False)


def downgrade() -> None:
    op.drop_table("imports")
    op.execute("DELETE FROM calls WHERE direction = 'imported'")
    _directions(NOW, BEFORE)
