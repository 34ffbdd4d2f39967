"""A bank's customers: accounts, cards, payments, appointments

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "bank_clients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("pin", sa.Text(), nullable=False),
        sa.Column("failed_tries", sa.Integer(), nullable=False),
        sa.Column("locked_at", UTC_TIME, nullable=True),
        sa.Column("home_country", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_bank_clients_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_clients")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_clients_number")),
    )
    with op.batch_alter_table("bank_clients", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bank_clients_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "bank_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("balance_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["bank_clients.id"],
            name=op.f("fk_bank_accounts_client_id_bank_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_accounts")),
    )
    with op.batch_alter_table("bank_accounts", schema=None) as batch_op:
        batch_op.create_index("uq_bank_accounts_client_name", ["client_id", "name"], unique=True)

    op.create_table(
        "bank_cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("blocked_at", UTC_TIME, nullable=True),
        sa.Column("blocked_for", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'blocked')", name=op.f("ck_bank_cards_status")),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["bank_clients.id"],
            name=op.f("fk_bank_cards_client_id_bank_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_cards")),
    )
    with op.batch_alter_table("bank_cards", schema=None) as batch_op:
        batch_op.create_index("uq_bank_cards_client_ending", ["client_id", "ending"], unique=True)

    op.create_table(
        "bank_payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UTC_TIME, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("risk_reasons", sa.Text(), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "review IN ('', 'open', 'confirmed', 'denied')", name=op.f("ck_bank_payments_review")
        ),
        sa.ForeignKeyConstraint(
            ["card_id"],
            ["bank_cards.id"],
            name=op.f("fk_bank_payments_card_id_bank_cards"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_payments")),
        sa.UniqueConstraint("reference", name=op.f("uq_bank_payments_reference")),
    )
    with op.batch_alter_table("bank_payments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bank_payments_card_made_at", ["card_id", "made_at"], unique=False
        )

    op.create_table(
        "bank_appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTC_TIME, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["bank_clients.id"],
            name=op.f("fk_bank_appointments_client_id_bank_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_appointments")),
        sa.UniqueConstraint("starts_at", name=op.f("uq_bank_appointments_starts_at")),
    )
    with op.batch_alter_table("bank_appointments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bank_appointments_client_id"), ["client_id"], unique=False
        )


def downgrade() -> None:
    for table in (
        "bank_appointments",
        "bank_payments",
        "bank_cards",
        "bank_accounts",
        "bank_clients",
    ):
        op.drop_table(table)
