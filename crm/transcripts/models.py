"""The table of measured word times."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base

_Json = JSON().with_variant(JSONB(), "postgresql")


class WordTimes(Base):
    """When the words of one segment were said, measured on the recording after the call.

    The words themselves stand in the call's log and nowhere else.

    Attributes:
        seq: the segment's event in the call's log.
        engine: which model measured.
        times: [start_ms, end_ms] of each.
    """

    __tablename__ = "word_times"

    call_id: Mapped[str] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    engine: Mapped[str] = mapped_column(Text)
    times: Mapped[list[Any]] = mapped_column(_Json)
