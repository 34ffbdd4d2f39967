"""Why work failed, for pages in any language

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("imports", "call_jobs", "periodic_jobs")


def upgrade() -> None:
    trouble = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    for table in TABLES:
        op.add_column(table, sa.Column("trouble", trouble, nullable=True))


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("trouble")
