"""Scorecards as they were used, scorings of calls and their answers

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "scorecard_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "data",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("used_at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_versions")),
        sa.UniqueConstraint("name", "hash", name="uq_scorecard_versions_name_hash"),
        sa.UniqueConstraint("name", "number", name="uq_scorecard_versions_name_number"),
    )
    op.create_table(
        "scorings",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("scorecard", sa.Text(), nullable=False),
        sa.Column("scorer", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.Float(), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("began_at", UTC_TIME, nullable=False),
        sa.Column("saved_at", UTC_TIME, nullable=False),
        sa.Column("done_at", UTC_TIME, nullable=True),
        sa.CheckConstraint("state IN ('draft', 'done')", name=op.f("ck_scorings_state")),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_scorings_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["scorecard_versions.id"],
            name=op.f("fk_scorings_version_id_scorecard_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorings")),
        sa.UniqueConstraint(
            "call_id", "scorecard", "scorer", name="uq_scorings_call_card_scorer"
        ),
    )
    op.create_index("ix_scorings_done_at", "scorings", ["done_at"])
    op.create_index("ix_scorings_version_id", "scorings", ["version_id"])
    op.create_table(
        "scoring_answers",
        sa.Column("scoring_id", COUNTER, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("moment_ms", sa.Integer(), nullable=True),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scoring_id"],
            ["scorings.id"],
            name=op.f("fk_scoring_answers_scoring_id_scorings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("scoring_id", "question", name=op.f("pk_scoring_answers")),
    )


def downgrade() -> None:
    op.drop_table("scoring_answers")
    op.drop_table("scorings")
    op.drop_table("scorecard_versions")
