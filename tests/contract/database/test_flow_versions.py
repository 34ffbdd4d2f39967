"""Published flows on both databases: kept for good, one after the other, whoever publishes."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from crm.flows import repository, service
from crm.flows.models import FlowVersion
from crm.flows.service import NewVersion
from voxdesk.db import Database
from voxdesk.kernel.errors import DatabaseError, PublishConflict, PublishRefused

pytestmark = pytest.mark.contract
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Publish = Callable[..., FlowVersion]


@pytest.fixture
def publish(database: Database) -> Publish:
    def made(text: str, *, base: int, flow: str = "shop", author: str = "ann") -> FlowVersion:
        new = NewVersion(
            flow=flow,
            text=text,
            hash=f"hash of {text}",
            author=author,
            reason="Because.",
            base=base,
        )
        with database.transaction() as session:
            return service.publish(session, new, now=NOW)

    return made


def live(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {each.flow: each.number for each in repository.live_flows(session)}


def test_the_newest_version_is_live_and_every_one_is_kept(
    database: Database, publish: Publish
) -> None:
    publish("一", base=0)
    publish("two", base=1)
    publish("other", base=0, flow="bank")

    assert live(database) == {"bank": 1, "shop": 2}
    with database.reading() as session:
        versions = repository.history(session, "shop")
        assert [(each.number, each.text) for each in versions] == [(2, "two"), (1, "一")]
        assert versions[0].published_at == NOW
        assert repository.by_hash(session, "shop", "hash of 一") is versions[1]


def test_who_started_from_an_older_version_is_told_who_published_what(
    database: Database, publish: Publish
) -> None:
    publish("one", base=0)
    publish("two", base=1, author="ann")

    with pytest.raises(PublishConflict) as told:
        publish("three", base=1, author="bob")

    assert (told.value.number, told.value.author) == (2, "ann")
    assert "made from version 1" in str(told.value)
    assert "published by ann at 2026-03-01 12:00 UTC, because: Because." in str(told.value)
    assert "voxdesk flow diff shop" in str(told.value)
    assert live(database) == {"shop": 2}


def test_of_two_who_publish_at_once_one_is_told(database: Database, publish: Publish) -> None:
    publish("one", base=0)
    together = threading.Barrier(6)
    outcomes: list[str] = []

    def try_it(author: str) -> None:
        together.wait()
        try:
            publish(f"text of {author}", base=1, author=author)
            outcomes.append("published")
        except PublishConflict as conflict:
            outcomes.append(conflict.author)

    threads = [threading.Thread(target=try_it, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as session:
        newest = repository.newest(session, "shop")
    assert newest is not None
    assert newest.number == 2
    assert sorted(outcomes) == sorted(["published", *[newest.author] * 5])


@pytest.mark.parametrize(
    ("base", "told"), [(7, "made from version 7, and the newest is 1"), (0, "isn't known")]
)
def test_a_base_that_is_not_known_here_is_said(publish: Publish, base: int, told: str) -> None:
    publish("one", base=0)

    with pytest.raises(PublishRefused, match=told):
        publish("two", base=base)


def test_the_text_that_is_live_is_not_published_again(database: Database, publish: Publish) -> None:
    publish("one", base=0)

    with pytest.raises(PublishRefused, match="live already"):
        publish("one", base=1)
    assert live(database) == {"shop": 1}


def test_without_an_author_nothing_is_published(database: Database, publish: Publish) -> None:
    with pytest.raises(PublishRefused, match="author"):
        publish("one", base=0, author="  ")
    assert live(database) == {}


@pytest.mark.parametrize(
    "statement", [update(FlowVersion).values(text="x"), delete(FlowVersion)], ids=["edit", "delete"]
)
def test_no_program_can_change_what_was_published(
    database: Database, publish: Publish, statement: object
) -> None:
    publish("one", base=0)

    refused = pytest.raises(DatabaseError, match="published flow is never")
    with refused, database.transaction() as session:
        session.execute(statement)  # type: ignore[call-overload]
    with database.reading() as session:
        assert repository.newest(session, "shop").text == "one"  # type: ignore[union-attr]


def test_our_own_code_is_told_before_the_database_is_asked(
    database: Database, publish: Publish
) -> None:
    publish("one", base=0)

    refused = pytest.raises(DatabaseError, match="version 1 of the flow shop is published")
    with refused, database.transaction() as session:
        repository.newest(session, "shop").text = "two"  # type: ignore[union-attr]


def test_going_back_goes_one_version_back_and_again_two(
    database: Database, publish: Publish
) -> None:
    for base, text in enumerate(["one", "two", "three"]):
        publish(text, base=base)

    def back() -> int:
        with database.transaction() as session:
            newest, wanted = service.to_restore(session, "shop", None)
            new = NewVersion(
                flow="shop", text=wanted.text, hash=wanted.hash, author="ann", reason="No.",
                base=newest.number, restores=wanted.number,
            )  # fmt: skip
            service.publish(session, new, now=NOW)
            return wanted.number

    assert (back(), back()) == (2, 1)
    assert live(database) == {"shop": 5}
    with pytest.raises(PublishRefused, match="no version before"):
        back()


@pytest.mark.parametrize(("number", "told"), [(9, "it has 1 to 2"), (2, "what is live now")])
def test_going_back_to_nowhere_is_refused(
    database: Database, publish: Publish, number: int, told: str
) -> None:
    publish("one", base=0)
    publish("two", base=1)

    with pytest.raises(PublishRefused, match=told), database.reading() as session:
        service.to_restore(session, "shop", number)
