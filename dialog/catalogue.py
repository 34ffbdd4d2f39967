"""What a flow may look up and have done outside of it, by name: the CRM's things, and services'."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CALLER_FIELDS = (
    "known", "phone", "customer_id", "display_name", "first_name", "language", "last_order",
    "open_orders", "callback", "frequent",
)  # fmt: skip
ORDER_FIELDS = (
    "number", "status", "open", "item", "total", "total_cents", "currency", "placed_on", "eta",
    "delivered_on", "carrier", "tracking_code", "customer", "customer_id",
)  # fmt: skip
CUSTOMER_FIELDS = ("id", "display_name", "first_name", "phone", "language")
TICKET_FIELDS = ("ticket", "number", "item")
ACCOUNT_FIELDS = ("name", "balance_cents", "currency", "overdrawn")
CARD_FIELDS = ("ending", "kind", "blocked")
PAYMENT_FIELDS = (
    "reference", "amount_cents", "currency", "merchant", "made_on", "country", "country_en",
    "country_zh", "risk", "amount", "abroad", "fast",
)  # fmt: skip
REASON = "reason"
"""The field of what was refused that says why, in one word."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that can be looked up or done.

    Attributes:
        keys: values that it must be given.
        optional: further ones that it takes.
        fields: what the record of its answer has.
        reasons: words with which it may be refused; of what is done only.
    """

    keys: tuple[str, ...]
    fields: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def takes(self) -> tuple[str, ...]:
        """Every value that it may be given."""
        return (*self.keys, *self.optional)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that there is, by the name that flows use.

    Attributes:
        lookups: what is asked; nothing changes by it.
        acts: what is done.
    """

    lookups: Mapping[str, Kind] = field(default_factory=dict)
    acts: Mapping[str, Kind] = field(default_factory=dict)

    def and_also(self, other: "Catalogue") -> "Catalogue":
        """Both together."""
        return Catalogue({**self.lookups, **other.lookups}, {**self.acts, **other.acts})


_ORDER_REASONS = ("unknown", "not_theirs", "shipped", "delivered", "cancelled", "returned")
CRM = Catalogue(
    lookups={
        "order": Kind(("number",), ORDER_FIELDS),
        "customer": Kind(("phone",), CUSTOMER_FIELDS),
        "bank.account": Kind(("client",), ACCOUNT_FIELDS),
        "bank.card": Kind(("client",), CARD_FIELDS),
        "bank.payment": Kind(("client",), PAYMENT_FIELDS),
    },
    acts={
        "order.cancel": Kind(("number",), ORDER_FIELDS, ("verified", "note"), _ORDER_REASONS),
        "order.change": Kind(
            ("number",),
            TICKET_FIELDS,
            ("date", "quantity", "verified", "note"),
            (*_ORDER_REASONS, "nothing", "already"),
        ),
        "order.return": Kind(
            ("number",),
            TICKET_FIELDS,
            ("within_days", "verified", "note"),
            ("unknown", "not_theirs", "not_delivered", "cancelled", "returned", "too_late",
             "already"),
        ),
        "order.refund": Kind(
            ("number",),
            TICKET_FIELDS,
            ("amount", "verified", "note"),
            ("unknown", "not_theirs", "already"),
        ),
        "callback.request": Kind(
            ("number", "queue"),
            ("number", "id"),
            ("when", "own", "skills", "priority", "language", "greeting", "note"),
            ("number", "time"),
        ),
        "ticket.open": Kind(("subject",), TICKET_FIELDS, ("number", "note"), ("unknown",)),
        "bank.verify": Kind(
            ("number", "pin"), ("client", "display_name", "first_name"), (), ("wrong", "locked")
        ),
        "bank.block_card": Kind(
            ("client",), ("ending", "ticket"), ("reason",), ("unknown", "no_card", "already")
        ),
        "bank.review": Kind(
            ("client", "reference", "made"), ("ending", "ticket", "blocked"), (), ("unknown",)
        ),
        "bank.book": Kind(
            ("client", "at"),
            ("at", "nearest"),
            ("topic",),
            ("unknown", "past", "closed", "too_far", "taken"),
        ),
    },
)  # fmt: skip
"""What every installation has."""
