"""Traces of calls at a real collector's door."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from fixtures.collector import Collector, attributes
from fixtures.told_calls import CALL, logged, whole_call

from crm.calls.call_log import Subscriber
from voxdesk.app.observe.spans import trace_id_of
from voxdesk.app.observe.tracing import Tracing
from voxdesk.app.observe_settings import ObserveSettings

pytestmark = pytest.mark.integration


@dataclass
class House:
    """As much of an engine as tracing asks for."""

    node: str = "node-1"
    subscribers: list[Subscriber] = field(default_factory=list)

    @property
    def call_log(self) -> "House":
        return self

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        self.subscribers.append(subscriber)
        return lambda: self.subscribers.remove(subscriber)

    def tell_a_whole_call(self) -> None:
        for one in logged(*whole_call("§")):
            for subscriber in self.subscribers:
                subscriber(one)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


def tracing(house: House, endpoint: str) -> Tracing:
    made = Tracing(ObserveSettings(otlp_endpoint=endpoint, otlp_headers={"X-Key": "open"}))
    made.start(house)  # type: ignore[arg-type]
    return made


def test_a_call_arrives_whole_with_nothing_of_the_caller(collector: Collector) -> None:
    house = House()
    traces = tracing(house, collector.endpoint)

    house.tell_a_whole_call()

    call = collector.wait("call")
    traces.close()
    [request] = collector.requests
    resource = {a.key: a.value.string_value for a in request.resource_spans[0].resource.attributes}
    assert resource["service.name"] == "voxdesk"
    assert resource["host.name"] == "node-1"
    assert collector.headers["X-Key"] == "open"
    assert call.trace_id == trace_id_of(CALL)
    assert not call.parent_span_id
    assert attributes(call)["voxdesk.call.id"] == CALL
    spans = {span.span_id: span for span in collector.spans()}
    assert len(spans) == 15
    for span in spans.values():
        assert span.trace_id == call.trace_id
        assert span.start_time_unix_nano <= span.end_time_unix_nano
        assert span is call or span.parent_span_id in spans
    turn = collector.wait("turn")
    assert (turn.end_time_unix_nano - turn.start_time_unix_nano) == 1_500_000_000
    assert b"\xc2\xa7" not in request.SerializeToString()
    assert (traces.sent, traces.dropped) == (1, 0)
    assert not house.subscribers


def test_a_collector_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxdesk.app.observe.tracing.RETRY_FIRST_S", 0.01)
    house = House()
    traces = tracing(house, collector.endpoint)
    collector.refusals.extend([503, 429])

    house.tell_a_whole_call()
    collector.wait("call")
    collector.refusals.append(400)
    house.tell_a_whole_call()
    traces.close()

    assert (traces.sent, traces.dropped) == (1, 1)


def test_no_collector_costs_a_line_in_the_log_and_nothing_else(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxdesk.app.observe.tracing.RETRY_FIRST_S", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    house = House()
    traces = tracing(house, f"http://127.0.0.1:{port}")

    for _ in range(300):
        house.tell_a_whole_call()
    deadline_s = time.monotonic() + 20
    while traces.dropped < 300 and time.monotonic() < deadline_s:
        time.sleep(0.02)
    traces.close()

    assert traces.dropped == 300
    [said] = [record.getMessage() for record in caplog.records]
    assert "takes none" in said


def test_what_is_no_http_server_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voxdesk.app.observe.tracing.RETRY_FIRST_S", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"220 mail.example.com ESMTP\r\n")

        threading.Thread(target=answer, daemon=True).start()
        house = House()
        traces = tracing(house, f"http://127.0.0.1:{server.getsockname()[1]}")
        house.tell_a_whole_call()
        deadline_s = time.monotonic() + 20
        while not traces.dropped and time.monotonic() < deadline_s:
            time.sleep(0.02)
        assert traces._thread is not None
        assert traces._thread.is_alive()
        traces.close()

    assert traces.dropped == 1


def test_without_an_endpoint_nothing_is_kept() -> None:
    house = House()

    traces = tracing(house, "")

    assert not house.subscribers
    traces.close()
