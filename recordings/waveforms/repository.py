"""Shapes of recordings in the database. The caller commits."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from recordings.waveforms.models import Waveform
from recordings.waveforms.peaks import Shape


def find(session: Session, call_id: str, *, name: str, size_bytes: int) -> Shape | None:
    """The shape of a call's recording, if it was made from these very bytes."""
    row = session.get(Waveform, call_id)
    if row is None or row.name != name or row.size_bytes != size_bytes:
        return None
    return Shape(row.seconds, row.left, row.right)


def forget(session: Session, call_id: str) -> None:
    """Have the shape of a call's recording made anew when it is asked for."""
    session.execute(delete(Waveform).where(Waveform.call_id == call_id))


def keep(session: Session, call_id: str, shape: Shape, *, name: str, size_bytes: int) -> None:
    """Store a shape; an older one of the same call is replaced."""
    session.merge(
        Waveform(
            call_id=call_id,
            name=name,
            size_bytes=size_bytes,
            seconds=shape.seconds,
            left=shape.left,
            right=shape.right,
        )
    )
