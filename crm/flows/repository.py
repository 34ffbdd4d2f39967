"""Published flows in the database: added and read, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.flows.models import FlowVersion


@dataclass(frozen=True, slots=True)
class LiveFlow:
    """Which version of a flow is live, without its text."""

    flow: str
    number: int
    hash: str


def newest(session: Session, flow: str) -> FlowVersion | None:
    """The version of this flow that is live; None: it was never published."""
    versions = select(FlowVersion).where(FlowVersion.flow == flow)
    return session.scalar(versions.order_by(FlowVersion.number.desc()).limit(1))


def by_number(session: Session, flow: str, number: int) -> FlowVersion | None:
    """This very version."""
    return session.scalar(
        select(FlowVersion).where(FlowVersion.flow == flow, FlowVersion.number == number)
    )


def by_hash(session: Session, flow: str, hash_: str) -> FlowVersion | None:
    """The newest version of this text. Those that were brought back have it more than once."""
    versions = select(FlowVersion).where(FlowVersion.flow == flow, FlowVersion.hash == hash_)
    return session.scalar(versions.order_by(FlowVersion.number.desc()).limit(1))


def history(
    session: Session, flow: str, *, below: int | None = None, limit: int = 50
) -> Sequence[FlowVersion]:
    """Versions of a flow, the newest first; with `below` only those of smaller numbers."""
    versions = select(FlowVersion).where(FlowVersion.flow == flow)
    if below is not None:
        versions = versions.where(FlowVersion.number < below)
    return list(session.scalars(versions.order_by(FlowVersion.number.desc()).limit(limit)))


def live_flows(session: Session) -> Sequence[LiveFlow]:
    """Every flow that was ever published, and which of its versions is live. By name."""
    newest_of = (
        select(FlowVersion.flow, func.max(FlowVersion.number).label("number"))
        .group_by(FlowVersion.flow)
        .subquery()
    )
    rows = session.execute(
        select(FlowVersion.flow, FlowVersion.number, FlowVersion.hash)
        .join(
            newest_of,
            (FlowVersion.flow == newest_of.c.flow) & (FlowVersion.number == newest_of.c.number),
        )
        .order_by(FlowVersion.flow)
    )
    return [LiveFlow(*row) for row in rows]


def add(session: Session, version: FlowVersion) -> None:
    """One more.

    Raises:
        sqlalchemy.exc.IntegrityError: its number is taken; the session can go on.
    """
    with session.begin_nested():
        session.add(version)
