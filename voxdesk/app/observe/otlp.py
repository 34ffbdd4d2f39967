"""Traces in OpenTelemetry's own form, and to a collector over HTTP (OTLP 1, protobuf)."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    InstrumentationScope,
    KeyValue,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Status
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from voxdesk import __version__
from voxdesk.app.observe.spans import Attribute, Span, Trace, span_id_of

PATH: Final = "/v1/traces"
WITHIN_S: Final = 10.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def encode(traces: Sequence[Trace], *, node: str) -> bytes:
    """One request's body."""
    spans = [_span(trace, span) for trace in traces for span in trace.spans]
    scope = InstrumentationScope(name="voxdesk", version=__version__)
    resource = Resource(
        attributes=_pairs(
            {"service.name": "voxdesk", "service.version": __version__, "host.name": node}
        )
    )
    request = ExportTraceServiceRequest(
        resource_spans=[
            ResourceSpans(resource=resource, scope_spans=[ScopeSpans(scope=scope, spans=spans)])
        ]
    )
    return bytes(request.SerializeToString())


def post(endpoint: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send it; blocks for `WITHIN_S` at most.

    Raises:
        OSError: the collector is away or says no; `urllib.error.HTTPError` has its status.
    """
    url = endpoint.rstrip("/")
    if not url.endswith(PATH):
        url += PATH
    request = urllib.request.Request(  # noqa: S310  the settings take http and https only
        url,
        data=body,
        headers={
            "Content-Type": "application/x-protobuf",
            "User-Agent": f"voxdesk/{__version__}",
            **headers,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:  # noqa: S310  as above
            answer.read(64 * 1024)
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(f"it does not speak HTTP: {type(error).__name__}") from error


def may_succeed_later(error: OSError) -> bool:
    """Whether the same request is worth a second try (OTLP specification, "Retryable")."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code in {429, 502, 503, 504}
    return True


def _span(trace: Trace, span: Span) -> OtlpSpan:
    return OtlpSpan(
        trace_id=trace.trace_id,
        span_id=span_id_of(trace.call_id, span.number),
        parent_span_id=b"" if span.parent is None else span_id_of(trace.call_id, span.parent),
        name=span.name,
        kind=OtlpSpan.SPAN_KIND_SERVER if span.parent is None else OtlpSpan.SPAN_KIND_INTERNAL,
        start_time_unix_nano=_nanoseconds(span.start),
        end_time_unix_nano=_nanoseconds(span.end),
        attributes=_pairs(span.attributes),
        status=Status(code=Status.STATUS_CODE_ERROR) if span.error else None,
    )


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


def _pairs(attributes: Mapping[str, Attribute]) -> list[KeyValue]:
    return [KeyValue(key=key, value=_value(value)) for key, value in attributes.items()]


def _value(value: Attribute) -> AnyValue:
    match value:
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case _:
            return AnyValue(string_value=value)
