"""Shapes of recordings, kept so that a page needs not read the sound."""

from sqlalchemy import BigInteger, Float, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base


class Waveform(Base):
    """The shape of one call's recording.

    Attributes:
        name: of the recording, below the recordings folder; `size_bytes`: of it, so that a file
            that was changed has its shape made again.
        seconds: its length.
        left: one byte a stretch, 0..255 for its loudest sample: the caller. `right`: the answer.
    """

    __tablename__ = "waveforms"

    call_id: Mapped[str] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(Float)
    left: Mapped[bytes] = mapped_column(LargeBinary)
    right: Mapped[bytes] = mapped_column(LargeBinary)
