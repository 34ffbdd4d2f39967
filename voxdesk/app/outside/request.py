"""A request as it goes out: values put into path, query and body so that they stay values. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from voxdesk.app.outside.service import Operation, Service
from voxdesk.kernel.errors import ServiceFailed

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
MAX_VALUE = 300


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent.

    Attributes:
        url: encoded.
        body: JSON, or nothing.
    """

    method: str
    url: str
    body: bytes | None = None


def request_of(service: Service, operation: Operation, values: Mapping[str, Any]) -> Request:
    """The request for these values.

    Raises:
        ServiceFailed: a value could lead to another place than was meant.
    """
    path = PLACEHOLDER.sub(lambda found: _segment(operation, values, found[1]), operation.path)
    query = {
        name: _filled(template, values)
        for name, template in operation.query.items()
        if _has_all(template, values)
    }
    url = f"{service.url.rstrip('/')}/{path.lstrip('/')}"
    if query:
        url += "?" + urlencode(query, quote_via=quote)
    body = None
    if operation.body is not None:
        body = json.dumps(_body(operation.body, values), ensure_ascii=False).encode()
    return Request(operation.method, url, body)


def same_place(before: str, after: str) -> bool:
    """Whether a redirect stays with the same server; nothing is followed elsewhere."""
    one, other = urlsplit(before), urlsplit(after)
    try:
        return (one.scheme, one.hostname, _port(one.scheme, one.port)) == (
            other.scheme,
            other.hostname,
            _port(other.scheme, other.port),
        ) and not other.username
    except ValueError:  # a port that is none
        return False


def _port(scheme: str, port: int | None) -> int:
    return port or (443 if scheme == "https" else 80)


def _segment(operation: Operation, values: Mapping[str, Any], name: str) -> str:
    """A value as a part of the path: never more than one, and never a way up."""
    text = _as_text(values.get(name, ""))
    if not text or text in {".", ".."} or len(text) > MAX_VALUE:
        raise ServiceFailed(operation.name, f"bad_{name}")
    return quote(text, safe="")


def _has_all(template: str, values: Mapping[str, Any]) -> bool:
    return all(name in values for name in PLACEHOLDER.findall(template))


def _filled(template: str, values: Mapping[str, Any]) -> str:
    return PLACEHOLDER.sub(lambda found: _as_text(values.get(found[1], "")), template)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _body(template: Any, values: Mapping[str, Any]) -> Any:
    """A whole "{count}" keeps its type; a key whose value wasn't given is left out."""
    if isinstance(template, Mapping):
        return {
            key: _body(entry, values)
            for key, entry in template.items()
            if not isinstance(entry, str) or _has_all(entry, values)
        }
    if isinstance(template, list):
        return [_body(entry, values) for entry in template]
    if not isinstance(template, str):
        return template
    whole = PLACEHOLDER.fullmatch(template)
    return values[whole[1]] if whole and whole[1] in values else _filled(template, values)
