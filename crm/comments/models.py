"""The table of comments."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, Counter, UtcDateTime


class CallComment(Base):
    """What somebody wrote beside a call.

    Attributes:
        at_ms: the moment of the recording that it is about; None: the whole call.
        author: name of the account.
        changed_at: None while it is as it was written first.
    """

    __tablename__ = "call_comments"

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    at_ms: Mapped[int | None] = mapped_column(Integer)
    author: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
