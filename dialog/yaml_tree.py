"""YAML 1.2 as a plain tree that knows its places. Size, depth and aliases are bounded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from dialog.yaml_mistakes import LineNumber, YamlProblem, explained
from voxdesk.kernel.worded import worded

__all__ = ["LineNumber", "Node", "YamlProblem", "decoded", "read_tree"]

MAX_BYTES = 512 * 1024
MAX_DEPTH = 12
MAX_NODES = 50_000
# What no text file has, and YAML forbids.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands.

    Attributes:
        value: text, number, bool or None; a list of nodes; or a mapping of keys to nodes.
        line: of the file, from 1, with its column. In a mapping, that of the key.
        repeated: keys that the mapping has more than once, with the line of each repetition.
        raw: a single value as it was written ("007", which as a number is 7).
        at: where the value itself starts.
        end: the last line of it.
        bare: what stands between commas without a colon, with its line: {say: Hi, bare}.
    """

    value: Any
    line: int
    repeated: tuple[tuple[str, int], ...] = ()
    raw: str = ""
    at: int = 1
    end: int = 1
    bare: tuple[tuple[str, int], ...] = ()

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

    def children(self) -> list["Node"]:
        """What is directly in it."""
        return self.value if isinstance(self.value, list) else list(self.entries().values())

    def plain(self) -> Any:
        """The same as dictionaries, lists and single values."""
        if isinstance(self.value, list):
            return [entry.plain() for entry in self.value]
        if isinstance(self.value, Mapping):
            return {key: entry.plain() for key, entry in self.value.items()}
        return self.value


def decoded(data: bytes) -> str:
    """A file's text, without the mark that some editors put before it.

    Raises:
        YamlProblem: too large, not UTF-8, or no text at all.
    """
    if len(data) > MAX_BYTES:
        raise YamlProblem(
            worded("The file is larger than {max_bytes} KiB.", max_bytes=MAX_BYTES // 1024), 1
        )
    if data.startswith(_UTF_16):
        raise YamlProblem(worded("The file is UTF-16 text."), 1, worded("Save it as UTF-8."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "ignore")
        raise YamlProblem(
            worded("This line is not UTF-8 text."),
            _end_of(before),
            worded("Save the file as UTF-8."),
        ) from error
    if found := _CONTROL.search(text):
        raise YamlProblem(
            worded(
                "There is a control character (U+{ord}) here.", ord=format(ord(found[0]), "04X")
            ),
            _end_of(text[: found.start()]),
            worded("A flow is a text file; remove the character, or save the file as text."),
        )
    return text


def _end_of(text: str) -> LineNumber:
    """The place just after a text."""
    return LineNumber(text.count("\n") + 1, len(text) - text.rfind("\n"))


def read_tree(data: bytes) -> Node:
    """The file's one document.

    Raises:
        YamlProblem: not UTF-8, not YAML, too large, too deep, or with aliases.
    """
    text = decoded(data)
    try:
        _bound(text)
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise explained(error, text.splitlines()) from error
    except (YAMLError, RecursionError) as error:
        raise YamlProblem(
            worded("This is not YAML: {split}", split=" ".join(str(error).split())), 1
        ) from error
    return Node({}, LineNumber(1)) if root is None else _convert(root, text)


def _bound(text: str) -> None:
    """Refuse what would take unbounded time or memory, before anything is built."""
    depth = 0
    documents = 0
    for count, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
        line = _mark(event.start_mark) if event.start_mark else LineNumber(1)
        if count > MAX_NODES:
            raise YamlProblem(
                worded("There are more than {max_nodes} values.", max_nodes=MAX_NODES), line
            )
        _check_plain(event, line)
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise YamlProblem(
                    worded("A second document begins here; a file has one."),
                    line,
                    worded("Remove the line ---, or put what follows into a file of its own."),
                )
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                raise YamlProblem(
                    worded("This is nested deeper than {max_depth} levels.", max_depth=MAX_DEPTH),
                    line,
                )
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            depth -= 1


def _check_plain(event: Any, line: int) -> None:
    """Refuse what YAML has and these files don't need."""
    if isinstance(event, AliasEvent):
        raise YamlProblem(
            worded("Aliases (*name) are not used in these files; write it out."),
            line,
            worded('A text that begins with * needs quotes: "*…".'),
        )
    if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
        raise YamlProblem(
            worded("Directives (%…) are not used in these files."), 1, worded("Remove the line.")
        )
    if not isinstance(event, (MappingStartEvent, SequenceStartEvent, ScalarEvent)):
        return
    if event.anchor:
        raise YamlProblem(
            worded("Anchors (&name) are not used in these files."),
            line,
            worded('Remove it; a text that begins with & needs quotes: "&…".'),
        )
    if event.tag:
        raise YamlProblem(
            worded("Tags (!name) are not used in these files."),
            line,
            worded('Remove it; a text that begins with ! needs quotes: "!…".'),
        )


def _mark(mark: Any) -> LineNumber:
    return LineNumber(mark.line + 1, mark.column + 1)


def _convert(node: Any, text: str, line: int | None = None) -> Node:
    at = _mark(node.start_mark)
    line = at if line is None else line
    # A block ends where the next thing begins, in its first column.
    end = node.end_mark.line + (1 if node.end_mark.column else 0)
    if isinstance(node, SequenceNode):
        entries = [_convert(entry, text) for entry in node.value]
        return Node(entries, line, at=at, end=end)
    if isinstance(node, MappingNode):
        return _convert_map(node, text, line, end)
    return Node(_scalar(node), line, raw=str(node.value), at=at, end=max(end, int(at)))


def _convert_map(node: Any, text: str, line: int, end: int) -> Node:
    entries: dict[str, Node] = {}
    repeated = []
    bare = []
    for key, value in node.value:
        at = _mark(key.start_mark)
        if not isinstance(key, ScalarNode):
            raise YamlProblem(
                worded("A key must be a word, and this one is a list or a group of keys."),
                at,
                worded('A text that begins with {{ or [ needs quotes: say: "{{ name }}, hello."'),
            )
        name = str(key.value)
        if node.flow_style and value.value in ("", None) and not _has_colon(text, key):
            bare.append((name, at))
        elif name in entries:
            repeated.append((name, at))
        else:
            entries[name] = _convert(value, text, at)
    return Node(
        entries, line, tuple(repeated), at=_mark(node.start_mark), end=end, bare=tuple(bare)
    )


def _has_colon(text: str, key: Any) -> bool:
    """Whether a colon follows a key in braces."""
    return text[key.end_mark.index :].lstrip().startswith(":")


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
