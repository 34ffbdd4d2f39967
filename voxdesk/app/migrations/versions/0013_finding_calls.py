"""The text index of calls, saved searches, comments, shapes of recordings

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm.finding.models import WORDS_SQLITE

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "call_texts",
        sa.Column("facts_id", counter, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR().with_variant(sa.Text(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["facts_id"],
            ["call_facts.id"],
            name=op.f("fk_call_texts_facts_id_call_facts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("facts_id", name=op.f("pk_call_texts")),
    )
    op.create_index("ix_call_texts_words", "call_texts", ["words"], postgresql_using="gin")
    if op.get_bind().dialect.name == "sqlite":
        for statement in WORDS_SQLITE:
            op.execute(statement)
    op.create_table(
        "saved_searches",
        sa.Column("id", counter, autoincrement=True, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("owner", "name", name="uq_saved_searches_owner_name"),
    )
    op.create_table(
        "call_comments",
        sa.Column("id", counter, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_call_comments_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_comments")),
    )
    op.create_index("ix_call_comments_call_id", "call_comments", ["call_id"])
    op.create_table(
        "waveforms",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("left", sa.LargeBinary(), nullable=False),
        sa.Column("right", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_waveforms_call_id_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_waveforms")),
    )


def downgrade() -> None:
    op.drop_table("waveforms")
    op.drop_table("call_comments")
    op.drop_table("saved_searches")
    op.drop_table("call_texts")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE call_words")
