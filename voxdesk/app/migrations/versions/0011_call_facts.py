"""Figures of finished calls

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    counts = (
        "version",
        "duration_ms",
        "turns",
        "no_matches",
        "no_inputs",
        "longest_silence_ms",
        "overlaps",
        "barge_ins",
        "slow_turns",
        "keys",
        "errors",
    )
    op.create_table(
        "call_facts",
        sa.Column("id", counter, autoincrement=False, nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("latency_p50_ms", sa.Integer(), nullable=True),
        sa.Column("latency_max_ms", sa.Integer(), nullable=True),
        sa.Column("transferred", sa.Boolean(), nullable=False),
        sa.Column("feeling", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_facts_call_id_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_facts")),
    )
    op.create_index("ix_call_facts_call_id", "call_facts", ["call_id"], unique=True)
    op.create_index("ix_call_facts_started_at", "call_facts", ["started_at"])
    op.create_table(
        "call_steps",
        sa.Column("facts_id", counter, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facts_id"],
            ["call_facts.id"],
            name=op.f("fk_call_steps_facts_id_call_facts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("facts_id", "step", name=op.f("pk_call_steps")),
    )
    op.create_index("ix_call_steps_step", "call_steps", ["step", "facts_id"])


def downgrade() -> None:
    op.drop_table("call_steps")
    op.drop_table("call_facts")
