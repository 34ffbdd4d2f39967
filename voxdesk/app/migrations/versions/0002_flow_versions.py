"""Flows as they were published

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What was published stays as it is.
PUBLISHED_STAYS_SQLITE = (
    """CREATE TRIGGER flow_versions_no_update BEFORE UPDATE ON flow_versions
BEGIN SELECT RAISE(ABORT, 'a published flow is never changed; publish a new version'); END""",
    """CREATE TRIGGER flow_versions_no_delete BEFORE DELETE ON flow_versions
BEGIN SELECT RAISE(ABORT, 'a published flow is never deleted'); END""",
)
PUBLISHED_STAYS_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION flow_versions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a published flow is never deleted';
  END IF;
  RAISE EXCEPTION 'a published flow is never changed; publish a new version';
END $$""",
    """CREATE TRIGGER flow_versions_stay BEFORE UPDATE OR DELETE ON flow_versions
FOR EACH ROW EXECUTE FUNCTION flow_versions_stay()""",
)


def upgrade() -> None:
    op.create_table(
        "flow_versions",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tests", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_versions")),
        sa.UniqueConstraint("flow", "number", name="uq_flow_versions_flow_number"),
    )
    with op.batch_alter_table("flow_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flow_versions_hash"), ["hash"], unique=False)

    postgresql_used = op.get_bind().dialect.name == "postgresql"
    for statement in PUBLISHED_STAYS_POSTGRESQL if postgresql_used else PUBLISHED_STAYS_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("flow_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flow_versions_hash"))

    op.drop_table("flow_versions")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION flow_versions_stay()")
