"""The table of what flows have done."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class DoneAct(Base):
    """Something that a flow had done, once.

    A call that goes on with another engine asks again for what was under way; what is here is not
    done a second time, and answered as it was.

    Attributes:
        key: of call, step and values; see `crm.acts.once.key_of`.
        call_id: the call. It may be erased before this.
        what: "order.cancel".
        outcome: "done" or "refused"; empty while it is under way, or when nobody knows.
        record: what came of it.
    """

    __tablename__ = "done_acts"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    call_id: Mapped[str] = mapped_column(Text, index=True)
    step: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    record: Mapped[dict[str, Any]] = mapped_column(
        JSON().with_variant(JSONB(), "postgresql"), default=dict
    )
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
