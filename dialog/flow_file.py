"""Reads a flow's YAML file into a `Flow`, or says everything that is wrong with it."""

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dialog import bundle
from dialog import flow_values as values
from dialog.bundle import bundled, unbundled
from dialog.callback_steps import with_callbacks
from dialog.catalogue import CRM, Catalogue
from dialog.file_keys import check_bare, check_keys, read_languages, shown_path
from dialog.flow import Answer, Flow, Step
from dialog.flow_asides import side_steps
from dialog.flow_checks import check_flow
from dialog.flow_header import (
    question_steps,
    read_anywhere,
    read_when_upset,
    read_whole,
    with_side_steps,
)
from dialog.flow_places import Places
from dialog.flow_problems import Problem, Problems, meant
from dialog.flow_sources import Folder, Parts, Read, Source, Sources, Subflows
from dialog.flow_steps import read_step
from dialog.flow_values import Context
from dialog.hours_file import read_hours
from dialog.knowledge.used import read_used
from dialog.scopes import INSIDE, QUESTION, is_made
from dialog.survey_steps import with_questions
from dialog.variables_file import read_variables
from dialog.yaml_tree import Node, YamlProblem, decoded, read_tree
from voxdesk.kernel.errors import FlowError
from voxdesk.kernel.worded import Worded, plain, together, worded

TESTS_ENDING = ".tests.yaml"
"""The tests of the flow shop.yaml are in shop.tests.yaml, beside it."""
HEADER: Mapping[str, values.Parser] = {
    "start": values.name,
    "start_over": values.name,
    "person": values.name,
    "language": values.name,
    "languages": values.names,
    "takes": values.names,
    "variables": read_variables,
    "hours": read_hours,
    "knowledge": values.names,
    "anywhere": read_anywhere,
    "when_upset": read_when_upset,
}
"""The keys of a flow, and how each is read; beside them there is "steps"."""
KEYS = (*HEADER, "steps")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read: the flow, if it has one at all, and what is wrong.

    `data` is its text together with those of the subflows that it runs and the knowledge that it
    uses: `version` is its hash, and it can be checked again without them.
    """

    flow: Flow | None
    problems: tuple[Problem, ...]
    path: str
    data: bytes = b""

    @property
    def report(self) -> Worded:
        """All problems, as they are printed."""
        return together(problem.shown(self.path) for problem in self.problems)


def flow_files(folder: Path) -> list[Path]:
    """The flows of a folder, by name."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.endswith(TESTS_ENDING))


def load_flow(path: Path, catalogue: Catalogue | None = CRM) -> Flow:
    """A flow that can be run; `catalogue` as of `check_text`.

    Raises:
        FlowError: its text is the whole report, a line or two a problem.
    """
    checked = check_file(path, catalogue)
    if checked.problems or checked.flow is None:
        raise FlowError(checked.report)
    return checked.flow


def check_file(path: Path, catalogue: Catalogue | None = CRM) -> Checked:
    """Everything that is wrong with a file, an unreadable one included."""
    shown = shown_path(path)
    try:
        with path.open("rb") as file:
            data = file.read(bundle.MAX_BYTES + 1)
    except OSError as error:
        problem = Problem(
            1, worded("The file can't be read: {strerror}.", strerror=str(error.strerror))
        )
        return Checked(None, (problem,), shown)
    sources = Folder(path.parent, shown_path)
    return check_text(data, name=path.stem, path=shown, sources=sources, catalogue=catalogue)


def check_text(
    data: bytes,
    *,
    name: str,
    path: str,
    sources: Sources | None = None,
    catalogue: Catalogue | None = CRM,
) -> Checked:
    """The same for a file's content.

    Args:
        data: the text; one of a published version has its subflows and knowledge in it.
        name: of the flow.
        path: what messages say.
        sources: where subflows and knowledge are that aren't in the text.
        catalogue: what can be looked up and done; None: whatever the flow names.
    """
    main, parts = unbundled(data)
    found = Parts(parts, path) if parts or sources is None else sources
    reader = partial(_read_subflow, catalogue=catalogue)
    subflows = Subflows(found, reader, (name,))
    read = _read_text(Source(main, path), name, subflows, catalogue)
    whole = bundled(main, subflows.used)
    flow = read.flow and dataclasses.replace(read.flow, version=version_of(whole))
    return Checked(flow, read.problems, path, whole)


def version_of(data: bytes) -> str:
    """The version of the flow of this text, its subflows included."""
    return hashlib.sha256(data).hexdigest()[:12]


def _read_subflow(
    name: str, source: Source, subflows: Subflows, *, catalogue: Catalogue | None
) -> Read:
    return _read_text(source, name, subflows, catalogue)


def _read_text(source: Source, name: str, subflows: Subflows, catalogue: Catalogue | None) -> Read:
    problems = Problems()
    try:
        tree = read_tree(source.data)
    except YamlProblem as problem:
        return Read(None, (Problem.of(problem),), source.path)
    places = Places(_steps_of(tree), decoded(source.data).splitlines())
    empty = Flow(name, source.path, "", {}, "")
    flow = _read(tree, empty, places, problems, (subflows, catalogue))
    return Read(flow, problems.all, source.path)


def _steps_of(tree: Node) -> Mapping[str, Node]:
    steps = tree.entries().get("steps")
    return steps.entries() if steps else {}


def _read(
    tree: Node,
    empty: Flow,
    places: Places,
    problems: Problems,
    around: tuple[Subflows, Catalogue | None],
) -> Flow | None:
    """The flow.

    Args:
        tree: of its text.
        empty: what is known of it without its content.
        places: of the file.
        problems: takes them.
        around: the subflows that it may run, and what it may look up and have done.
    """
    subflows, catalogue = around
    if not tree.is_map:
        problems.add(
            tree.line,
            worded("A flow is a list of keys with values."),
            worded("Keys: {keys}", keys=", ".join(KEYS)),
        )
        return None
    for key, line in tree.repeated:
        problems.add(
            line,
            worded('The key "{key}" is there twice.', key=key),
            worded("Only one of them can count."),
        )
    entries = tree.entries()
    for key, entry in entries.items():
        if key not in KEYS:
            problems.add(
                entry.line,
                worded('A flow has no key "{key}".', key=key),
                meant(key, KEYS, worded("Keys")),
            )
        if key != "steps":
            check_keys(entry, plain(f'"{key}"'), problems)
    check_bare(tree, worded("The flow"), problems)
    for name, node in _steps_of(tree).items():
        check_keys(node, worded('step "{name}"', name=name), problems)
    languages = read_languages(
        entries.get("languages"),
        entries.get("language"),
        problems,
        where=worded("The flow"),
        whose=worded("the flow's"),
    )
    steps, broken = _steps(entries.get("steps"), languages, problems, tree.line)
    header = Context(problems, languages, worded("The flow"))
    given = {
        key: values.name(entries[key], header, key)
        for key in ("start", "start_over", "person")
        if key in entries
    }
    for key, target in given.items():
        if target and (target not in {*steps, *broken} or is_made(target)):
            problems.add(
                entries[key].at,
                worded('"{key}" is "{target}", and there is no such step.', key=key, target=target),
                meant(
                    target, [one for one in (*steps, *broken) if not is_made(one)], worded("Steps")
                ),
            )
    if not steps and not broken:
        return None
    knowledge = read_used(tree, subflows, problems)
    steps |= question_steps(entries, problems)
    steps = with_questions(with_callbacks(steps, problems), problems)
    steps = _knowing(steps, entries.get("knowledge"), header)
    put = subflows.put_into(steps, languages, problems)
    steps, broken = put.steps, {**broken, **put.broken}
    own_variables = (
        read_variables(entries["variables"], header, "variables") if "variables" in entries else {}
    )
    own_hours = read_hours(entries["hours"], header, "hours") if "hours" in entries else {}
    first = next(name for name in _steps_of(tree) if name in steps or name in broken)
    start = given.get("start") or first
    flow = dataclasses.replace(
        empty,
        steps=steps,
        start=start,
        start_over=given.get("start_over", ""),
        person=given.get("person", ""),
        language=languages[0],
        languages=languages,
        takes=values.names(entries["takes"], header, "takes") if "takes" in entries else (),
        variables={**own_variables, **put.variables},
        hours={**own_hours, **put.hours},
        knowledge={**put.knowledge, **knowledge},
        **read_whole(entries, header, problems, [*steps, *broken]),
    )
    flow = with_side_steps(flow, side_steps(flow))
    check_flow(flow, problems, broken, places, catalogue)
    return flow


def _knowing(steps: dict[str, Step], node: Node | None, header: Context) -> dict[str, Step]:
    """Steps that answer questions have the flow's knowledge where they name none."""
    used = values.names(node, header, "knowledge") if node is not None else ()
    return {
        name: dataclasses.replace(step, knowledge=used)
        if isinstance(step, Answer) and not step.knowledge
        else step
        for name, step in steps.items()
    }


def _steps(
    node: Node | None, languages: tuple[str, ...], problems: Problems, line: int
) -> tuple[dict[str, Step], dict[str, tuple[str, ...]]]:
    """The steps, and those that can't be read, each with every word that might be a target."""
    if node is None or not node.entries():
        problems.add(
            node.line if node else line,
            worded('A flow needs "steps", at least one.')
            if node is None or not node.is_list
            else worded('"steps" is a list, and must be names with steps.'),
            worded("Write steps: {bye: {end: Goodbye.}}."),
        )
        return {}, {}
    for name, entry in node.entries().items():
        if not name.strip():
            problems.add(
                entry.line, worded("A step has no name."), worded("Write a name before the colon.")
            )
        elif is_made(name):
            problems.add(
                entry.line,
                worded(
                    'The step "{name}" has a slash or a colon in its name, as only steps of '
                    "subflows "
                    "and questions of surveys have.",
                    name=name,
                ),
                worded("Write {name}.", name=name.replace(INSIDE, "_").replace(QUESTION, "_")),
            )
    for key, at in node.repeated:
        problems.add(
            at,
            worded('There are two steps "{key}".', key=key),
            worded("Give one of them another name."),
        )
    check_bare(node, worded("The steps"), problems)
    steps: dict[str, Step] = {}
    broken: dict[str, tuple[str, ...]] = {}
    for name, entry in node.entries().items():
        step = read_step(
            name, entry, Context(problems, languages, worded('step "{name}"', name=name))
        )
        if step is None:
            broken[name] = tuple(child.raw for child in entry.entries().values() if child.raw)
        else:
            steps[name] = step
    return steps, broken
