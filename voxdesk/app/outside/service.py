"""A service that flows use, as an administrator declares it in `config/services/<name>.yaml`."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dialog.catalogue import Catalogue, Kind
from voxdesk.app.outside.json_path import Path

MAX_ANSWER_KB = 64


class ValueType(enum.StrEnum):
    """What a value is, to a service and to a flow."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    LIST = "list"  # of texts; in answers only


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a header's value comes from, so that it is in no file of flows, and in no log.

    Attributes:
        env: name of a variable of the environment, or empty.
        file: path of a file that holds it, or empty.
        before: what stands before it: "Bearer ".
    """

    env: str = ""
    file: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One value of an answer.

    Attributes:
        at: where it is.
        type: what it is.
        optional: it may be absent, and is empty then; else the answer is nonsense.
    """

    at: Path
    type: ValueType = ValueType.TEXT
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a service can be asked, or that it does.

    Attributes:
        name: as flows name it: "warehouse.stock".
        method: GET, POST …
        path: below the service's URL; `{name}` stands for a value.
        by: the values that it is given, and what they are.
        query: the same for its query, and its JSON body, where a whole "{count}" keeps its type.
        body: None sends none.
        record: the answer's fields.
        missing: statuses that mean that there is no such thing.
        empty: what is absent or empty then, too; None: nothing is looked at.
        refused: statuses that mean that it may not be done, with the reason.
        safe_to_repeat: the same request twice does what it does once.
        once_by: a header that makes it so; it carries a key for the request.
        optional: of `by`, those that may be left out.
    """

    name: str
    method: str
    path: str
    by: Mapping[str, ValueType] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    record: Mapping[str, Field] = field(default_factory=dict)
    missing: frozenset[int] = frozenset({404, 410})
    empty: Path | None = None
    refused: Mapping[int, str] = field(default_factory=dict)
    safe_to_repeat: bool = False
    once_by: str = ""
    optional: frozenset[str] = frozenset()

    @property
    def is_repeatable(self) -> bool:
        """Whether a request of which nobody knows the end may be sent again."""
        return self.safe_to_repeat or bool(self.once_by) or self.method in {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Service:
    """All of it.

    Attributes:
        name: of the file.
        url: everything is below this.
        headers: sent with each request.
        timeout_s: of one try; the step's own time-out bounds all of them together.
        retries: further tries, of what may be repeated.
        max_kb: longer answers are refused.
        ca: PEM file of who signs its certificate; empty: whom the system trusts.
        lookups: by the name that flows use.
        acts: the same.
    """

    name: str
    url: str
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    timeout_s: float = 3.0
    retries: int = 1
    max_kb: int = MAX_ANSWER_KB
    ca: str = ""
    lookups: Mapping[str, Operation] = field(default_factory=dict)
    acts: Mapping[str, Operation] = field(default_factory=dict)


def catalogue_of(services: Iterable[Service]) -> Catalogue:
    """What flows can name of these services."""
    lookups: dict[str, Kind] = {}
    acts: dict[str, Kind] = {}
    for service in services:
        lookups |= {name: _kind(operation) for name, operation in service.lookups.items()}
        acts |= {name: _kind(operation) for name, operation in service.acts.items()}
    return Catalogue(lookups, acts)


def _kind(operation: Operation) -> Kind:
    return Kind(
        keys=tuple(name for name in operation.by if name not in operation.optional),
        fields=tuple(operation.record),
        optional=tuple(name for name in operation.by if name in operation.optional),
        reasons=tuple(dict.fromkeys(operation.refused.values())),
    )
