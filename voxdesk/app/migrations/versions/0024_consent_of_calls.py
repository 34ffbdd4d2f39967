"""How far callers heard that they are recorded, beside their calls

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty until the figures of a call are reckoned anew, which work after calls does."""
    op.add_column(
        "call_facts", sa.Column("consent", sa.Text(), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    op.drop_column("call_facts", "consent")
