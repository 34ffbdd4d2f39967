"""Reads a flow's YAML file into a `Flow`, or says everything that is wrong with it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from dialog import flow_values as values
from dialog.flow import DEFAULT_LANGUAGE, Flow, Step
from dialog.flow_checks import check_flow
from dialog.flow_problems import Problem, Problems, meant
from dialog.flow_steps import read_step
from dialog.flow_values import Context
from dialog.yaml_tree import Node, YamlProblem, read_tree
from voxdesk.kernel.errors import FlowError

TESTS_ENDING = ".tests.yaml"
"""The tests of the flow shop.yaml are in shop.tests.yaml, beside it."""
HEADER = ("start", "start_over", "person", "language", "languages", "steps")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read: the flow, if it has one at all, and what is wrong."""

    flow: Flow | None
    problems: tuple[Problem, ...]
    path: str

    @property
    def report(self) -> str:
        """All problems, as they are printed."""
        return "\n".join(problem.shown(self.path) for problem in self.problems)


def flow_files(folder: Path) -> list[Path]:
    """The flows of a folder, by name."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.endswith(TESTS_ENDING))


def load_flow(path: Path) -> Flow:
    """A flow that can be run.

    Raises:
        FlowError: its text is the whole report, a line or two a problem.
    """
    checked = check_file(path)
    if checked.problems or checked.flow is None:
        raise FlowError(checked.report)
    return checked.flow


def check_file(path: Path) -> Checked:
    """Everything that is wrong with a file, an unreadable one included."""
    shown = shown_path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = Problem(1, f"The file can't be read: {error.strerror}.")
        return Checked(None, (problem,), shown)
    return check_text(data, name=path.stem, path=shown)


def check_text(data: bytes, *, name: str, path: str) -> Checked:
    """The same for a file's content. `name` and `path` are what the flow and messages say."""
    problems = Problems()
    try:
        tree = read_tree(data)
    except YamlProblem as problem:
        return Checked(None, (Problem(problem.line, str(problem)),), path)
    flow = _read(tree, name, path, hashlib.sha256(data).hexdigest()[:12], problems)
    return Checked(flow, problems.all, path)


def shown_path(path: Path) -> str:
    """The path as a person would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _read(tree: Node, name: str, path: str, version: str, problems: Problems) -> Flow | None:
    if not tree.is_map:
        problems.add(
            tree.line, "A flow is a list of keys with values.", f"Keys: {', '.join(HEADER)}"
        )
        return None
    for key, line in tree.repeated:
        problems.add(line, f'The key "{key}" is there twice.', "Only one of them can count.")
    entries = tree.entries()
    for key, entry in entries.items():
        if key not in HEADER:
            problems.add(entry.line, f'A flow has no key "{key}".', meant(key, HEADER, "Keys"))
    languages = _languages(entries.get("languages"), entries.get("language"), problems)
    steps, broken = _steps(entries.get("steps"), languages, problems, tree.line)
    header = Context(problems, languages, "The flow")
    given = {
        key: values.name(entries[key], header, key)
        for key in ("start", "start_over", "person")
        if key in entries
    }
    for key, target in given.items():
        if target and target not in steps and target not in broken:
            problems.add(
                entries[key].line,
                f'"{key}" is "{target}", and there is no such step.',
                meant(target, [*steps, *broken], "Steps"),
            )
    if not steps and not broken:
        return None
    start = given.get("start") or next(iter([*steps, *broken]))
    flow = Flow(
        name=name,
        path=path,
        version=version,
        steps=steps,
        start=start,
        start_over=given.get("start_over", ""),
        person=given.get("person", ""),
        language=languages[0],
        languages=languages,
    )
    check_flow(flow, problems, broken)
    return flow


def _languages(several: Node | None, one: Node | None, problems: Problems) -> tuple[str, ...]:
    context = Context(problems, (DEFAULT_LANGUAGE,), "The flow")
    found = values.names(several, context, "languages") if several is not None else ()
    first = values.name(one, context, "language") if one is not None else ""
    if first and found and first not in found:
        problems.add(
            one.line if one else 1,
            f'"language" is "{first}", and that is not among the flow\'s languages.',
            meant(first, found, "Languages"),
        )
    order = [first, *found] if first else [*found]
    return tuple(dict.fromkeys(tag for tag in order if tag)) or (DEFAULT_LANGUAGE,)


def _steps(
    node: Node | None, languages: tuple[str, ...], problems: Problems, line: int
) -> tuple[dict[str, Step], dict[str, tuple[str, ...]]]:
    """The steps, and those that can't be read, each with every word that might be a target."""
    if node is None or not node.entries():
        problems.add(
            node.line if node else line,
            'A flow needs "steps", at least one.',
            "Write steps: {bye: {end: Goodbye.}}.",
        )
        return {}, {}
    for key, at in node.repeated:
        problems.add(at, f'There are two steps "{key}".', "Give one of them another name.")
    steps: dict[str, Step] = {}
    broken: dict[str, tuple[str, ...]] = {}
    for name, entry in node.entries().items():
        step = read_step(name, entry, Context(problems, languages, f'step "{name}"'))
        if step is None:
            broken[name] = tuple(child.raw for child in entry.entries().values() if child.raw)
        else:
            steps[name] = step
    return steps, broken
