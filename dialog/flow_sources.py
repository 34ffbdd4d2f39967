"""Where a flow's subflows and knowledge are found, and what is wrong with how it uses them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dialog.bundle import KNOWLEDGE
from dialog.business_hours import Hours
from dialog.flow import Flow, Step
from dialog.flow_problems import Problem, Problems, meant
from dialog.flow_subflow import Subflow
from dialog.inlining import entered, inlined, outcomes_of
from dialog.knowledge.model import Knowledge
from dialog.scopes import inner_scope
from dialog.variables import Variable
from dialog.yaml_tree import MAX_BYTES
from voxdesk.kernel.worded import NO_WORDS, worded

MAX_STEPS = 1000
"""Of a flow together with its subflows; more can't be looked through, by nobody."""


@dataclass(frozen=True, slots=True)
class Source:
    """A flow's text, and how messages name its file."""

    data: bytes
    path: str


class Sources(Protocol):
    """Flows by name, and files of knowledge by "knowledge/" and their name."""

    def find(self, name: str) -> Source | None:
        """The text of a flow; None where there is none."""
        ...

    def names(self) -> Sequence[str]:
        """All flows that there are."""
        ...

    def knowledge(self) -> Sequence[str]:
        """The names of all files of knowledge."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder; knowledge is in the folder beside it. `shown` names a path."""

    folder: Path
    shown: Callable[[Path], str]

    def find(self, name: str) -> Source | None:
        """The file of this name, if there is one and it can be read."""
        path = (self.folder.parent if name.startswith(KNOWLEDGE) else self.folder) / f"{name}.yaml"
        try:
            with path.open("rb") as file:
                return Source(file.read(MAX_BYTES + 1), self.shown(path))
        except OSError:
            return None

    def names(self) -> Sequence[str]:
        """Every flow of the folder."""
        return _stems(self.folder)

    def knowledge(self) -> Sequence[str]:
        """Every file of the folder beside it."""
        return _stems(self.folder.parent / KNOWLEDGE)


def _stems(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml") if "." not in path.stem)


@dataclass(frozen=True, slots=True)
class Parts:
    """The subflows that lie in one text with their flow; `path` is that of the text."""

    parts: Mapping[str, bytes] = field(default_factory=dict)
    path: str = ""

    def find(self, name: str) -> Source | None:
        """The part of this name."""
        data = self.parts.get(name)
        if data is None:
            return None
        file = Path(self.path)
        if file.suffix != ".yaml":
            return Source(data, f"{name} of {self.path}")
        folder = file.parent.parent if name.startswith(KNOWLEDGE) else file.parent
        return Source(data, str(folder / f"{name}.yaml"))

    def names(self) -> Sequence[str]:
        """Every part that is a flow."""
        return [name for name in self.parts if not name.startswith(KNOWLEDGE)]

    def knowledge(self) -> Sequence[str]:
        """The names of those that are knowledge."""
        knowledge = (name for name in self.parts if name.startswith(KNOWLEDGE))
        return [name.removeprefix(KNOWLEDGE) for name in knowledge]


@dataclass(frozen=True, slots=True)
class Read:
    """A subflow that was read: the flow, if it has one at all, and what is wrong."""

    flow: Flow | None
    problems: tuple[Problem, ...]
    path: str


@dataclass(frozen=True, slots=True)
class Put:
    """Steps with those of their subflows in between.

    Attributes:
        steps: all of them.
        broken: those that run nothing, each with where it leads.
        variables: of subflows, as they are called; the same for hours.
        knowledge: that subflows use, by name.
    """

    steps: dict[str, Step] = field(default_factory=dict)
    broken: dict[str, tuple[str, ...]] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    hours: dict[str, Hours] = field(default_factory=dict)
    knowledge: dict[str, Knowledge] = field(default_factory=dict)


Reader = Callable[[str, Source, "Subflows"], Read]
"""Reads a flow's text: its name, the text, where its own subflows are."""


@dataclass(frozen=True, slots=True)
class Subflows:
    """The subflows of one flow, read when they are run.

    Attributes:
        sources: where they are.
        read: how.
        within: the flows that run one another down to here, this one last.
        used: the text of each that is run, also by others, in that order.
        known: those that were read.
    """

    sources: Sources
    read: Reader
    within: tuple[str, ...]
    used: dict[str, bytes] = field(default_factory=dict)
    known: dict[str, Read] = field(default_factory=dict)

    def put_into(
        self, steps: Mapping[str, Step], languages: tuple[str, ...], problems: Problems
    ) -> Put:
        """The steps with those of their subflows behind each that runs one."""
        put = Put()
        for name, step in steps.items():
            if not isinstance(step, Subflow):
                put.steps[name] = step
                continue
            flow = self._flow(step, problems)
            if flow is None or not _fit(step, flow, languages, problems):
                put.broken[name] = (step.then, *step.outcomes.values())
                continue
            inside = {inner.name: inner for inner in inlined(step, flow)}
            if len(put.steps) + len(inside) >= MAX_STEPS:
                problems.add(
                    step.line,
                    worded(
                        'step "{name}": with its subflows this flow has more than {max_steps} '
                        "steps.",
                        name=name,
                        max_steps=MAX_STEPS,
                    ),
                    worded("Cut it into several flows, each for a number or a matter of its own."),
                )
                put.broken[name] = (step.then, *step.outcomes.values())
                continue
            put.steps.update({name: entered(step, flow), **inside})
            scope = inner_scope(name)
            put.variables.update({f"{scope}{own}": one for own, one in flow.variables.items()})
            put.knowledge.update(flow.knowledge)
            put.hours.update({f"{scope}{own}": hours for own, hours in flow.hours.items()})
        return put

    def _flow(self, step: Subflow, problems: Problems) -> Flow | None:
        name, where = step.flow, worded('step "{step}"', step=step.name)
        if not name:
            return None
        if name in self.within:
            path = " → ".join([*self.within[self.within.index(name) :], name])
            problems.add(
                step.line,
                worded(
                    '{where} runs the flow "{name}", which runs itself then: {path}.',
                    where=where,
                    name=name,
                    path=path,
                ),
                worded("A flow comes back to itself by a step, not by a subflow."),
            )
            return None
        read = self._read(name)
        if read is None:
            problems.add(
                step.line,
                worded(
                    '{where} runs the flow "{name}", and there is no such flow.',
                    where=where,
                    name=name,
                ),
                meant(
                    name,
                    [one for one in self.sources.names() if one != self.within[-1]],
                    worded("Flows"),
                ),
            )
            return None
        if read.problems or read.flow is None:
            first = read.problems[0].shown(read.path) if read.problems else NO_WORDS
            problems.add(
                step.line,
                worded(
                    '{where} runs the flow "{name}", and that can\'t be run.',
                    where=where,
                    name=name,
                ),
                first,
            )
            return None
        return read.flow

    def _read(self, name: str) -> Read | None:
        if name not in self.known:
            safe = name.isprintable() and not set(name) & set("./\\")
            source = self.sources.find(name) if safe else None
            if source is None:
                return None
            self.used[name] = source.data
            inner = Subflows(self.sources, self.read, (*self.within, name), self.used, self.known)
            self.known[name] = self.read(name, source, inner)
        return self.known[name]


def _fit(step: Subflow, flow: Flow, languages: tuple[str, ...], problems: Problems) -> bool:
    """Whether a step and the flow that it runs agree; adds what doesn't."""
    where = worded('step "{step}"', step=step.name)
    if not step.name.isidentifier():
        problems.add(
            step.line,
            worded(
                "{where} runs a subflow, and its name is no word, so templates can't read what "
                "that fills.",
                where=where,
            ),
            worded("Write {sub}.", sub=re.sub("[^0-9A-Za-z_]", "_", step.name)),
        )
    lacks = [tag for tag in languages if tag not in flow.languages]
    if lacks:
        problems.add(
            step.line,
            worded(
                '{where} runs the flow "{flow}", which lacks the language "{lacks}".',
                where=where,
                flow=flow.name,
                lacks=lacks[0],
            ),
            worded(
                "Languages of {flow_path}: {languages}",
                flow_path=flow.path,
                languages=", ".join(flow.languages),
            ),
        )
    for name in step.values:
        if name not in flow.takes:
            problems.add(
                step.line,
                worded(
                    '{where} gives the variable "{name}", which the flow "{flow}" doesn\'t take.',
                    where=where,
                    name=name,
                    flow=flow.name,
                ),
                meant(
                    name,
                    flow.takes,
                    worded('Variables in "takes" of {flow_path}', flow_path=flow.path),
                ),
            )
    missing = [
        name
        for name in flow.takes
        if name not in step.values
        and (name not in flow.variables or flow.variables[name].default is None)
    ]
    if missing:
        problems.add(
            step.line,
            worded(
                '{where} doesn\'t give the variable "{missing}", which the flow "{flow}" takes.',
                where=where,
                missing=missing[0],
                flow=flow.name,
            ),
            worded('Write with: {{missing}: "{{ … }}"}.', missing=missing[0]),
        )
    _check_outcomes(step, flow, problems)
    return not lacks and not missing


def _check_outcomes(step: Subflow, flow: Flow, problems: Problems) -> None:
    """Each that it may return leads somewhere, and no other is named."""
    where = worded('step "{step}"', step=step.name)
    returned = outcomes_of(flow)
    if "" in returned and not step.then:
        problems.add(
            step.line,
            worded(
                '{where} has no "then", and the flow "{flow}" comes back.',
                where=where,
                flow=flow.name,
            ),
            worded("Write then: …, with the step that follows."),
        )
    for outcome in returned:
        if outcome and outcome not in step.outcomes:
            problems.add(
                step.line,
                worded(
                    '{where} says nothing of the outcome "{outcome}" of the flow "{flow}".',
                    where=where,
                    outcome=outcome,
                    flow=flow.name,
                ),
                worded(
                    "Write outcomes: {{outcome}: …}, with the step that follows.", outcome=outcome
                ),
            )
    for outcome in step.outcomes:
        if outcome not in returned:
            problems.add(
                step.line,
                worded(
                    '{where}: the flow "{flow}" never returns "{outcome}".',
                    where=where,
                    flow=flow.name,
                    outcome=outcome,
                ),
                meant(outcome, [one for one in returned if one], worded("Outcomes")),
            )
    if step.then and "" not in returned:
        how = worded("always returns an outcome") if returned else worded("doesn't come back")
        problems.add(
            step.line,
            worded(
                '{where}: "then" is never followed, because the flow "{flow}" {how}.',
                where=where,
                flow=flow.name,
                how=how,
            ),
            worded("Leave it away."),
        )
