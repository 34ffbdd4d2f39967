"""YAML 1.2 as a plain tree that knows its lines. Size, depth and aliases are bounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

MAX_BYTES = 512 * 1024
MAX_DEPTH = 12
MAX_NODES = 50_000


class YamlProblem(Exception):
    """A file that is no usable YAML; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it starts.

    Attributes:
        value: text, number, bool or None; a list of nodes; or a mapping of keys to nodes.
        line: of the file, from 1. In a mapping, that of the key.
        repeated: keys that the mapping has more than once, with the line of each repetition.
        raw: a single value as it was written ("007", which as a number is 7).
    """

    value: Any
    line: int
    repeated: tuple[tuple[str, int], ...] = ()
    raw: str = ""

    @property
    def is_map(self) -> bool:
        """Whether it has keys."""
        return isinstance(self.value, Mapping)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.value, list)

    def entries(self) -> Mapping[str, "Node"]:
        """Its keys and nodes; nothing for any other node."""
        return self.value if isinstance(self.value, Mapping) else {}


def read_tree(data: bytes) -> Node:
    """The file's one document.

    Raises:
        YamlProblem: not UTF-8, not YAML, too large, too deep, or with aliases.
    """
    if len(data) > MAX_BYTES:
        raise YamlProblem(f"The file is larger than {MAX_BYTES // 1024} KiB.", 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise YamlProblem("This line is not UTF-8 text; save the file as UTF-8.", line) from error
    try:
        _bound(text)
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise YamlProblem(f"This is not YAML: {what}.", line) from error
    except YAMLError as error:
        raise YamlProblem(f"This is not YAML: {' '.join(str(error).split())}", 1) from error
    return Node({}, 1) if root is None else _convert(root)


def _bound(text: str) -> None:
    """Refuse what would take unbounded time or memory, before anything is built."""
    depth = 0
    for count, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if count > MAX_NODES:
            raise YamlProblem(f"There are more than {MAX_NODES} values.", line)
        if isinstance(event, AliasEvent):
            raise YamlProblem("Aliases (*name) are not used in these files; write it out.", line)
        if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                raise YamlProblem(f"This is nested deeper than {MAX_DEPTH} levels.", line)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            depth -= 1


def _convert(node: Any, line: int | None = None) -> Node:
    line = node.start_mark.line + 1 if line is None else line
    if isinstance(node, SequenceNode):
        return Node([_convert(entry) for entry in node.value], line)
    if isinstance(node, MappingNode):
        entries: dict[str, Node] = {}
        repeated = []
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else "?"
            at = key.start_mark.line + 1
            if name in entries:
                repeated.append((name, at))
            else:
                entries[name] = _convert(value, at)
        return Node(entries, line, tuple(repeated))
    return Node(_scalar(node), line, raw=str(node.value))


def _scalar(node: Any) -> Any:
    kind = str(node.tag).rsplit(":", 1)[-1]
    text = str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    try:
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:  # 0x1f, 1_000, .inf: none of them is meant as a number here
        return text
    return text
