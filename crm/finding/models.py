"""The text index of calls, and searches that people keep."""

from datetime import datetime

from sqlalchemy import (
    DDL,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, Counter, UtcDateTime


class CallText(Base):
    """That the words of a call are in the index.

    Attributes:
        facts_id: `CallFacts.id`.
        version: of the document, see `crm.finding.document`, times 1000, and of what was hidden in
            it: rows of another one are made again.
        words: PostgreSQL's index itself. SQLite has its own table, `call_words`, whose rowid is
            `facts_id`, and nothing here.
    """

    __tablename__ = "call_texts"
    __table_args__ = (Index("ix_call_texts_words", "words", postgresql_using="gin"),)

    facts_id: Mapped[int] = mapped_column(
        ForeignKey("call_facts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    version: Mapped[int] = mapped_column(Integer)
    words: Mapped[str | None] = mapped_column(TSVECTOR().with_variant(Text(), "sqlite"))


class SavedSearch(Base):
    """A search that somebody keeps.

    Attributes:
        owner: name of the account.
        query: what stands after the "?" of the page that it opens.
        shared: others see it as well.
    """

    __tablename__ = "saved_searches"
    __table_args__ = (UniqueConstraint("owner", "name", name="uq_saved_searches_owner_name"),)

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    owner: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(Boolean, default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


# Our tokens have ASCII letters, digits and signs outside of ASCII, all of which "ascii" keeps.
WORDS_SQLITE = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS call_words
USING fts5(caller, voxdesk, agent, about, tokenize='ascii')""",
    """CREATE TRIGGER call_texts_forget AFTER DELETE ON call_texts
BEGIN DELETE FROM call_words WHERE rowid = OLD.facts_id; END""",
)

for _statement in WORDS_SQLITE:
    event.listen(
        CallText.__table__,
        "after_create",
        DDL(_statement).execute_if(dialect="sqlite"),  # type: ignore[no-untyped-call]
    )
