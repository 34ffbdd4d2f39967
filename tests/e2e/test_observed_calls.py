"""What an operator sees of calls, and what a caller hears when the machine is full."""

import asyncio
import io
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from fixtures.collector import Collector, attributes
from fixtures.system import System, dialled
from prometheus_client.parser import text_string_to_metric_families

from crm.calls.models import Call
from voxdesk.app.admission import Limits
from voxdesk.app.logs import JsonLines, TextLines
from voxdesk.app.observe.spans import trace_id_of
from voxdesk.app.observe.tracing import Tracing
from voxdesk.app.observe_settings import ObserveSettings
from voxdesk.kernel.call import EventKind
from voxdesk.testing.softphone import CallFailed, Softphone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

FULL = "All our lines are busy right now. Please call again in a few minutes. Goodbye."


def page(system: System, path: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{system.engine.observatory.port}{path}"
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def metrics(system: System, name: str, **labels: str) -> float:
    """The sum of a metric's samples with these labels."""
    _, text = page(system, "/metrics")
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"voxdesk_{name}" and sample.labels.items() >= labels.items()
    )


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks sees what is the matter now."""
    monkeypatch.setattr("voxdesk.app.observe.observatory.READ_AT_MOST_EVERY_S", 0.0)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


def test_a_call_is_seen_in_metrics_health_and_trace_and_none_of_its_content_in_the_log(
    system: System, fresh: None, collector: Collector
) -> None:
    caller, name = "+15559876123", "Zebulon Quince"
    texts = [io.StringIO(), io.StringIO()]
    handlers = [logging.StreamHandler(text) for text in texts]
    for handler, form in zip(handlers, (TextLines(), JsonLines()), strict=True):
        handler.setFormatter(form)
        logging.getLogger().addHandler(handler)
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    traces = Tracing(ObserveSettings(otlp_endpoint=collector.endpoint))
    traces.start(system.engine.services)
    ended, made = (
        metrics(system, "calls_total", cause="caller_hung_up"),
        metrics(system, "prompts_total"),
    )

    async def talk() -> None:
        async with dialled(system, caller, caller_name=name) as call:
            await system.sees(caller, EventKind.STEP, step="menu")
            call.press("1")
            await system.sees(caller, EventKind.STEP, step="number")
            call.press("9183746#")
            await system.sees(caller, EventKind.LOOKUP)
            assert metrics(system, "calls", direction="inbound") == 1
            assert metrics(system, "line_legs") == 1
            assert page(system, "/healthz")[0] == 200
        await system.at_rest()

    try:
        asyncio.run(talk())
        root = collector.wait("call")
    finally:
        traces.close()
        logging.getLogger().setLevel(level)
        for handler in handlers:
            logging.getLogger().removeHandler(handler)

    call_id = system.call_of(caller)
    assert metrics(system, "calls_total", cause="caller_hung_up") == ended + 1
    assert metrics(system, "prompts_total") > made
    assert metrics(system, "line_up", line="line-1") == 1
    assert metrics(system, "database_up") == 1
    assert metrics(system, "event_loop_lag_seconds_count") > 0
    assert metrics(system, "process_resident_memory_bytes") > 0
    status, told = page(system, "/readyz")
    assert json.loads(told)["reasons"] == []
    assert status == 200
    assert root.trace_id == trace_id_of(call_id)
    assert attributes(collector.wait("lookup"))["voxdesk.lookup.outcome"] == "missing"
    private = [caller, caller[1:], *name.split(), "9183746", *system.said(caller)]
    shown = "".join(text.getvalue() for text in texts) + page(system, "/metrics")[1]
    shown += "".join(map(str, collector.requests))
    shown += (system.settings.state_dir / "run" / "line-1.log").read_text()
    assert [word for word in private if word in shown] == []


def refused(system: System, caller: str) -> Call:
    """The record of a caller who was turned away, checked."""
    record = system.record(caller)
    assert record.cause == "rejected"
    assert record.disposition == "machine_full"
    assert record.ended_at is not None
    assert system.log(caller)[-1].data["reason"] == "full_legs"
    return record


def test_when_the_machine_is_full_callers_hear_busy_and_calls_in_progress_go_on(
    system: System, fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    early, late, later = "+15557001", "+15557002", "+15557003"
    before = metrics(system, "calls_refused_total", reason="legs")

    async def turned_away(caller: str) -> int:
        async with await Softphone.open() as phone:
            call = await phone.call(system.uri(), caller=caller)
            with pytest.raises(CallFailed) as failure:
                await call.answered()
        await system.sees(caller, EventKind.ENDED)
        return failure.value.status

    async def talk() -> None:
        async with dialled(system, early) as call:
            await system.sees(early, EventKind.STEP, step="menu")
            with monkeypatch.context() as full:
                full.setattr(system.engine.desk.admission, "limits", Limits(legs_free=4))
                assert await turned_away(late) == 486
                full.setattr(system.engine.desk, "_when_full", "elsewhere")
                assert await turned_away(later) == 503
            call.press("3")
            await system.sees(early, EventKind.STEP, step="more")
        async with dialled(system, late):  # there is room again
            await system.sees(late, EventKind.STEP, step="menu")
        await system.at_rest()

    asyncio.run(talk())

    refused(system, later)
    assert metrics(system, "calls_refused_total", reason="legs") == before + 2
    assert metrics(system, "admission_open") == 1


def test_a_caller_can_be_told_that_it_is_full_by_a_sentence_that_costs_no_recognition(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = "+15557004"
    system.do(system.engine.services.speech.warm([FULL]))
    monkeypatch.setattr(system.engine.desk, "_when_full", "apology")
    monkeypatch.setattr(system.engine.desk.admission, "limits", Limits(legs_free=4))

    def costs(*_: object, **__: object) -> Any:
        raise AssertionError("an apology listens to nobody")

    monkeypatch.setattr(system.engine.services.recognizer, "open_turn", costs)
    monkeypatch.setattr(type(system.engine.services.vad), "open", costs)

    async def talk() -> None:
        async with dialled(system, caller) as call:
            await call.wait_ended(20)
            heard = call.heard.pcm
        assert system.hears(FULL, heard)
        await system.at_rest()

    asyncio.run(talk())

    assert refused(system, caller).answered_at is not None
    assert not system.seen(caller, EventKind.ERROR)
