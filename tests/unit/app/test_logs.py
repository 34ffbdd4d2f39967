"""What the program's own log says, and what it never says."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any, Self

import pytest
from fixtures.told_calls import CALL, logged, whole_call
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from crm.calls.call_log import CallLog
from crm.calls.entries import LoggedEvent
from crm.calls.repository import CallFilter, list_calls
from voxdesk.app import database as schema
from voxdesk.app.logs import JsonLines, TextLines, configure, in_call, on_loop_error
from voxdesk.app.observe.call_metrics import CallMetrics
from voxdesk.app.observe_settings import LogSettings
from voxdesk.db import Database
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import DatabaseError

pytestmark = pytest.mark.unit


class Log:
    """Everything that is logged, at the most talkative level, in both forms."""

    def __init__(self) -> None:
        self.texts = [io.StringIO(), io.StringIO()]
        self.handlers = [logging.StreamHandler(text) for text in self.texts]
        for handler, form in zip(self.handlers, (TextLines(), JsonLines()), strict=True):
            handler.setFormatter(form)

    def __enter__(self) -> Self:
        root = logging.getLogger()
        self._before = root.level
        root.setLevel(logging.DEBUG)
        for handler in self.handlers:
            root.addHandler(handler)
        return self

    def __exit__(self, *_: object) -> None:
        root = logging.getLogger()
        root.setLevel(self._before)
        for handler in self.handlers:
            root.removeHandler(handler)

    @property
    def text(self) -> str:
        return self.texts[0].getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.texts[1].getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    with Log() as one:
        yield one


def test_a_line_names_its_call_by_itself_or_by_the_task_that_writes_it(log: Log) -> None:
    async def call(call_id: str) -> None:
        in_call(CallId(call_id))
        await asyncio.to_thread(logging.getLogger("voxdesk").warning, "the disk is slow")

    async def both() -> None:
        await asyncio.gather(call("aaaaaaaaaaaa"), call("bbbbbbbbbbbb"))

    asyncio.run(both())
    logging.getLogger("asr").warning("call %s: nobody heard that", "cccccccccccc")
    logging.getLogger("recordings").warning("recording %s stopped", "2026/dddddddddddd.wav")
    logging.getLogger("voxdesk").warning("nothing of a call")

    calls = [line.get("call") for line in log.lines if line["level"] == "warning"]
    assert sorted(calls[:2]) == ["a" * 12, "b" * 12]
    assert calls[2:] == ["c" * 12, "d" * 12, None]
    assert "call aaaaaaaaaaaa: the disk is slow" in log.text
    assert "call cccccccccccc: nobody heard that" in log.text


def test_an_error_is_told_by_its_kind_and_place_without_its_words(log: Log) -> None:
    def fail(words: str, number: str) -> None:
        try:
            int(words)
        except ValueError as cause:
            raise KeyError(number) from cause

    said = ("four seven one one", "+15550100")
    try:
        fail(*said)
    except KeyError:
        logging.getLogger("voxdesk").exception("a turn failed")

    assert "four seven" not in log.text
    assert "+15550100" not in log.text
    assert "KeyError" in log.text
    assert "ValueError" in log.text
    assert "test_logs.py" in log.lines[0]["error"]
    assert log.lines[0]["message"] == "a turn failed"


def test_our_own_errors_keep_the_words_that_were_written_for_people(log: Log) -> None:
    try:
        raise DatabaseError("database sqlite:///x: the disk is full")  # noqa: TRY301
    except DatabaseError:
        logging.getLogger("voxdesk").exception("the log waits")

    assert "the disk is full" in log.text


def test_a_task_that_nobody_waited_for_is_told_without_what_it_was_given(log: Log) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(on_loop_error)

        def fail(number: str) -> None:
            raise ValueError(number)

        loop.call_soon(fail, "+15550100")
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(scenario())

    assert "event loop: Exception in callback" in log.text
    assert "ValueError" in log.text
    assert "+15550100" not in log.text


def test_libraries_that_write_whole_messages_at_debug_are_kept_short() -> None:
    root = logging.getLogger()
    before, handlers = root.level, root.handlers[:]
    try:
        configure(LogSettings(level="debug", format="json"))
        assert isinstance(root.handlers[0].formatter, JsonLines)
        assert not logging.getLogger("websockets.client").isEnabledFor(logging.DEBUG)
        assert logging.getLogger("asr").isEnabledFor(logging.DEBUG)
    finally:
        root.setLevel(before)
        root.handlers[:] = handlers
        for name in ("websockets", "edge_tts", "aiohttp", "asyncio"):
            logging.getLogger(name).setLevel(logging.NOTSET)


@settings(max_examples=8, deadline=None)
@given(
    word=st.text("abcxyz", min_size=4, max_size=12).map(lambda text: f"§{text}"),
    number=st.integers(10**7, 10**9).map(lambda digits: f"§{digits}"),
    trouble=st.sampled_from(["none", "no database", "view fails", "refused"]),
)
def test_a_calls_worth_of_events_leaves_no_word_in_the_log(
    tmp_path_factory: pytest.TempPathFactory, word: str, number: str, trouble: str
) -> None:
    """Whatever goes wrong with its record meanwhile."""
    folder = tmp_path_factory.mktemp("log")
    url = f"sqlite:///{folder / 'voxdesk.db'}"
    if trouble != "no database":
        schema.prepare(url)

    def view(event: LoggedEvent) -> None:
        if trouble == "view fails":
            raise RuntimeError(f"can't show {event.event.data}")

    with Log() as log:
        database = Database(url)
        call_log = CallLog(database, folder / "spool")
        call_log.subscribe(view)
        call_log.subscribe(CallMetrics(CollectorRegistry()))
        for private in (word, number):
            for one in logged(*whole_call(private)):
                call_log.record(one.event)
        if trouble == "refused":
            call_log.update_call(CALL, customer_id=private)  # type: ignore[typeddict-item]
        assert call_log.flush()
        call_log.close()
        if trouble == "none":
            with database.reading() as session:
                list_calls(session, CallFilter())
        database.close()

    assert "§" not in log.text
    if trouble == "view fails":
        assert CALL in {line.get("call") for line in log.lines}
