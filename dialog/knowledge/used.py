"""The knowledge that a flow's text names, and what is wrong with that."""

import re
from collections.abc import Iterator, Mapping

from dialog.bundle import KNOWLEDGE
from dialog.flow_problems import Problems, meant
from dialog.flow_sources import Subflows
from dialog.knowledge.file import check_knowledge
from dialog.knowledge.model import Knowledge
from dialog.yaml_tree import Node
from voxdesk.kernel.worded import worded

KEY = "knowledge"
MAX_FILES = 16
"""That one flow uses."""
_NAME = re.compile(r"[\w-]{1,60}")


def read_used(tree: Node, subflows: Subflows, problems: Problems) -> Mapping[str, Knowledge]:
    """The knowledge that a flow uses; that of its subflows comes with them.

    Args:
        tree: of the flow.
        subflows: know where files are, and keep the texts of those that are used.
        problems: takes what is wrong, at the places that name it.
    """
    read: dict[str, Knowledge] = {}
    told: set[str] = set()
    for name, node in _named(tree):
        if name in told:
            continue
        told.add(name)
        if len(told) > MAX_FILES:
            problems.add(
                node.at,
                worded(
                    "The flow uses more than {max_files} files of knowledge.", max_files=MAX_FILES
                ),
                worded("Put what belongs together into one file."),
            )
            break
        part = f"{KNOWLEDGE}{name}"
        source = subflows.sources.find(part) if _NAME.fullmatch(name) else None
        if source is None:
            there = subflows.sources.knowledge()
            problems.add(
                node.at,
                worded('There is no knowledge "{name}".', name=name),
                meant(name, there, worded("Knowledge")),
            )
            continue
        subflows.used[part] = source.data
        checked = check_knowledge(source.data, name=name, path=source.path)
        if checked.problems:
            count = len(checked.problems)
            what = worded("a problem") if count == 1 else worded("{count} problems", count=count)
            problems.add(
                node.at,
                worded(
                    'The knowledge "{name}" has {what}; the first: {shown}',
                    name=name,
                    what=what,
                    shown=checked.problems[0].shown(source.path),
                ),
                worded("See all: voxdesk knowledge check {name}", name=name),
            )
        if checked.knowledge is not None:
            read[name] = checked.knowledge
    return read


def _named(tree: Node) -> Iterator[tuple[str, Node]]:
    """Each name with the value that has it."""
    entries = tree.entries()
    yield from _singles(entries.get(KEY))
    steps = entries.get("steps")
    for step in steps.children() if steps else ():
        if "answer" in step.entries():
            yield from _singles(step.entries().get(KEY))


def _singles(node: Node | None) -> Iterator[tuple[str, Node]]:
    for entry in (node.children() if node.is_list else [node]) if node else ():
        if not entry.is_map and not entry.is_list and entry.raw.strip():
            yield entry.raw.strip(), entry
