"""The table of published flows."""

from datetime import datetime

from sqlalchemy import DDL, BigInteger, Connection, Integer, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from voxdesk.db import Base, UtcDateTime
from voxdesk.kernel.errors import DatabaseError


class FlowVersion(Base):
    """One version of a flow, published. Never changed and never deleted, whoever asks.

    The newest one of a flow is live. So what is live and what the history says can't differ, and
    of two who publish on the same version the second one's number is taken.

    Attributes:
        number: of this flow, from 1, without gaps.
        base: the number of the version that it was made from; 0 for the first.
        restores: the number of the version that it brings back; 0 when it is a new text.
        text: the YAML file, to the letter, and those of the knowledge that it uses.
        hash: the `version` that `dialog.flow.Flow` of this text has, and calls keep.
        author: who published it.
        reason: why, in a sentence.
        tests: what its tests said, in a few words; empty when there were none.
        changes: what is different from its base, in a few words.
    """

    __tablename__ = "flow_versions"
    __table_args__ = (UniqueConstraint("flow", "number", name="uq_flow_versions_flow_number"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    flow: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    base: Mapped[int] = mapped_column(Integer, default=0)
    restores: Mapped[int] = mapped_column(Integer, default=0)
    text: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text, index=True)
    author: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    tests: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


# For every program that reaches the database, not only for ours.
PUBLISHED_STAYS_SQLITE = (
    """CREATE TRIGGER flow_versions_no_update BEFORE UPDATE ON flow_versions
BEGIN SELECT RAISE(ABORT, 'a published flow is never changed; publish a new version'); END""",
    """CREATE TRIGGER flow_versions_no_delete BEFORE DELETE ON flow_versions
BEGIN SELECT RAISE(ABORT, 'a published flow is never deleted'); END""",
)
PUBLISHED_STAYS_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION flow_versions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a published flow is never deleted';
  END IF;
  RAISE EXCEPTION 'a published flow is never changed; publish a new version';
END $$""",
    """CREATE TRIGGER flow_versions_stay BEFORE UPDATE OR DELETE ON flow_versions
FOR EACH ROW EXECUTE FUNCTION flow_versions_stay()""",
)

for _dialect, _statements in (
    ("sqlite", PUBLISHED_STAYS_SQLITE),
    ("postgresql", PUBLISHED_STAYS_POSTGRESQL),
):
    for _statement in _statements:
        event.listen(
            FlowVersion.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )


@event.listens_for(FlowVersion, "before_update")
@event.listens_for(FlowVersion, "before_delete")
def _refuse(_mapper: Mapper[FlowVersion], _connection: Connection, version: FlowVersion) -> None:
    """Told in our own words, before the database is asked."""
    raise DatabaseError(
        f"version {version.number} of the flow {version.flow} is published and stays as it is; "
        "publish a new version"
    )
