"""Reads a file of tests, or says everything that is wrong with it."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dialog import flow_values as values
from dialog.catalogue import CRM as CRM_CATALOGUE
from dialog.catalogue import Catalogue
from dialog.file_keys import check_bare, shown_path
from dialog.flow import Flow, Lookup
from dialog.flow_file import TESTS_ENDING
from dialog.flow_outside import Act
from dialog.flow_problems import Problem, Problems, meant
from dialog.flow_templates import RECORDS
from dialog.flow_tests.reading_lines import read_line, read_moment
from dialog.flow_tests.reading_outside import outside
from dialog.flow_tests.script import FlowTest, ScriptLine, World
from dialog.flow_values import Context
from dialog.text_outside import ANY, REFUSED
from dialog.yaml_tree import Node, YamlProblem, read_tree
from voxdesk.kernel.worded import Worded, together, worded

BEFORE = ("language", "caller", "records", "callee", "today", "at", "crm", "outside")
"""What is so before the call; at the top of the file it holds for all tests."""
HEADER = (*BEFORE, "tests")
TEST = (*BEFORE, "conversation")
CRM = ("there", "away")


@dataclass(frozen=True, slots=True)
class CheckedTests:
    """A file that was read: its tests, and what is wrong."""

    tests: tuple[FlowTest, ...]
    problems: tuple[Problem, ...]
    path: str

    @property
    def report(self) -> Worded:
        """All problems, as they are printed."""
        return together(problem.shown(self.path) for problem in self.problems)


def file_of_tests(flow_path: Path) -> Path:
    """Where the tests of a flow are."""
    return flow_path.with_name(f"{flow_path.stem}{TESTS_ENDING}")


def check_tests_file(path: Path, flow: Flow, catalogue: Catalogue = CRM_CATALOGUE) -> CheckedTests:
    """Everything that is wrong with a file, an unreadable one included."""
    shown = shown_path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = Problem(
            1, worded("The file can't be read: {strerror}.", strerror=str(error.strerror))
        )
        return CheckedTests((), (problem,), shown)
    return check_tests(data, flow, path=shown, catalogue=catalogue)


def check_tests(
    data: bytes, flow: Flow, *, path: str, catalogue: Catalogue = CRM_CATALOGUE
) -> CheckedTests:
    """The same for a file's content.

    Args:
        data: the file.
        flow: that it tests.
        path: what messages say.
        catalogue: says which fields records have.
    """
    problems = Problems()
    try:
        tree = read_tree(data)
    except YamlProblem as problem:
        return CheckedTests((), (Problem.of(problem),), path)
    tests = _Reader(flow, problems, catalogue).read(tree)
    return CheckedTests(tests, problems.all, path)


class _Reader:
    """Reads one file."""

    def __init__(self, flow: Flow, problems: Problems, catalogue: Catalogue) -> None:
        self._flow = flow
        self._problems = problems
        # The keys that each kind of record is looked up by, or that what is done is given.
        self._kinds = {
            step.what: tuple(step.by if isinstance(step, Lookup) else step.given)
            for step in flow.steps.values()
            if isinstance(step, Lookup | Act)
        }
        self._fields = {
            **RECORDS,
            **{
                what: tuple(dict.fromkeys((*kind.fields, *kind.takes)))
                for what, kind in catalogue.lookups.items()
            },
            **{what: (*kind.takes, *kind.fields, REFUSED) for what, kind in catalogue.acts.items()},
        }

    def read(self, tree: Node) -> tuple[FlowTest, ...]:
        """All tests that could be read."""
        file = self._context(worded("The file"))
        if not _keys_are_right(tree, HEADER, file):
            return ()
        _check_all_bare(tree, file)
        given = tree.entries()
        everywhere = self._world(given, World(), file)
        tests = given.get("tests")
        if tests is None or not tests.entries():
            self._problems.add(
                tests.line if tests else tree.line,
                worded('A file of tests needs "tests", at least one.'),
                worded("Write tests: {it says hello: {conversation: [{hears: Hello}]}}."),
            )
            return ()
        for name, line in tests.repeated:
            self._problems.add(
                line,
                worded('There are two tests "{name}".', name=name),
                worded("Give one another name."),
            )
        found = (self._test(name, node, everywhere) for name, node in tests.entries().items())
        return tuple(test for test in found if test is not None)

    def _test(self, name: str, node: Node, everywhere: World) -> FlowTest | None:
        context = self._context(worded('test "{name}"', name=name))
        if not _keys_are_right(node, TEST, context):
            return None
        given = node.entries()
        world = self._world(given, everywhere, context)
        conversation = given.get("conversation")
        if conversation is None or not conversation.is_list or not conversation.value:
            self._problems.add(
                conversation.line if conversation else node.line,
                worded(
                    '{where} has no "conversation", a list of what the caller does.',
                    where=context.where,
                ),
                worded("Write conversation: [{caller: opening hours, hears: nine}]."),
            )
            return None
        script = [read_line(entry, self._flow, context) for entry in conversation.value]
        for place, line in enumerate(script):
            if line and line.does is None and place > 0:
                self._problems.add(
                    line.line,
                    worded(
                        "{where}: here the caller does nothing; only the first line of a "
                        "conversation may lack that.",
                        where=context.where,
                    ),
                    worded("Put what is expected to the line before, or say what the caller does."),
                )
        return FlowTest(name, world, _whole(script), node.line)

    def _world(self, given: Any, before: World, context: Context) -> World:
        """What is so before the call, on top of what holds for all tests."""
        caller, records = dict(before.caller), dict(before.records)
        if "caller" in given:
            caller |= self._record(given["caller"], "caller", context, "caller")
            caller.setdefault("known", True)
        if "language" in given:
            caller["language"] = values.name(given["language"], context, "language")
        if "records" in given:
            records |= self._records(given["records"], context)
        changes: dict[str, Any] = {"caller": caller, "records": records}
        if "callee" in given:
            changes["callee"] = values.name(given["callee"], context, "callee")
        if "today" in given:
            changes["today"] = _day(given["today"], context)
        if "at" in given:
            changes["at"] = read_moment(given["at"], context, "at") or before.at
        if "crm" in given:
            state = values.one_of(CRM)(given["crm"], context, "crm")
            changes["crm_away"] = state == "away"
        if "outside" in given:
            known = tuple(self._kinds)
            changes["outside"] = {**before.outside, **outside(given["outside"], known, context)}
        return dataclasses.replace(before, **changes)

    def _records(self, node: Node, context: Context) -> dict[tuple[str, str], Any]:
        found: dict[tuple[str, str], Any] = {}
        if not node.is_map:
            self._problems.add(
                node.line,
                worded('{where}: "records" are kinds with numbers.', where=context.where),
                worded('Write records: {order: {"4711": {status: shipped}}}.'),
            )
        for kind, entries in node.entries().items():
            if kind not in self._kinds:
                self._problems.add(
                    entries.line,
                    worded(
                        '{where}: the flow looks up or does nothing of the kind "{kind}".',
                        where=context.where,
                        kind=kind,
                    ),
                    meant(kind, self._kinds, worded("Kinds")),
                )
                continue
            if not entries.is_map:
                self._problems.add(
                    entries.line,
                    worded(
                        '{where}: "records.{kind}" must be numbers with records.',
                        where=context.where,
                        kind=kind,
                    ),
                    worded('Write {kind}: {"4711": {status: shipped}}.', kind=kind),
                )
            for number, entry in entries.entries().items():
                where = f"records.{kind}.{number}"
                record = None
                if entry.value is not None:
                    record = self._record(entry, kind, context, where)
                    values = number.split(", ") if number != ANY else []
                    for key, value in zip(self._kinds[kind], values, strict=False):
                        record.setdefault(key, value)
                found[kind, number] = record
        return found

    def _record(self, node: Node, kind: str, context: Context, key: str) -> dict[str, Any]:
        if not node.is_map:
            self._problems.add(
                node.line,
                worded(
                    '{where}: "{key}" must be a list of fields with values.',
                    where=context.where,
                    key=key,
                ),
            )
            return {}
        known = self._fields.get(kind)
        for field, entry in node.entries().items():
            if known and field not in known:
                self._problems.add(
                    entry.line,
                    worded(
                        '{where}: "{key}.{field}", and a record of kind {kind} has no such field.',
                        where=context.where,
                        key=key,
                        field=field,
                        kind=kind,
                    ),
                    meant(field, known, worded("Fields")),
                )
        return {field: _plain(entry) for field, entry in node.entries().items()}

    def _context(self, where: Worded) -> Context:
        return Context(self._problems, self._flow.languages, where)


def _keys_are_right(node: Node, known: tuple[str, ...], context: Context) -> bool:
    if not node.is_map:
        context.problems.add(
            node.line,
            worded("{where} must be a list of keys with values.", where=context.where),
            worded("Keys: {known}", known=", ".join(known)),
        )
        return False
    for key, line in node.repeated:
        context.problems.add(
            line, worded('{where} has the key "{key}" twice.', where=context.where, key=key)
        )
    for key, entry in node.entries().items():
        if key not in known:
            context.problems.add(
                entry.line,
                worded('{where} has no key "{key}".', where=context.where, key=key),
                meant(key, known, worded("Keys")),
            )
    return True


def _check_all_bare(node: Node, file: Context) -> None:
    """As `check_bare`, for all that is in a node."""
    check_bare(node, file.where, file.problems)
    for child in node.children():
        _check_all_bare(child, file)


def _day(node: Node, context: Context) -> str:
    try:
        return date.fromisoformat(node.raw.strip()).isoformat()
    except ValueError:
        context.problems.add(
            node.line,
            worded(
                '{where}: "today" must be a day, and is "{raw}".',
                where=context.where,
                raw=node.raw[:40],
            ),
            worded("Write today: 2026-11-21."),
        )
        return World().today


def _plain(node: Node) -> Any:
    """A value as the CRM gives it."""
    if node.is_map:
        return {key: _plain(entry) for key, entry in node.entries().items()}
    if node.is_list:
        return [_plain(entry) for entry in node.value]
    return node.value


def _whole(script: list[ScriptLine | None]) -> tuple[ScriptLine, ...]:
    return tuple(line for line in script if line is not None)
