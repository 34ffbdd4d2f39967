"""Reads a scorecard's file, or says everything that is wrong with it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crm.scores.scorecard import Question, Scale, Scorecard, Section
from dialog.file_keys import check_keys, read_languages, shown_path
from dialog.flow_problems import Problem, Problems, meant
from dialog.yaml_tree import MAX_BYTES, Node, YamlProblem, read_tree
from voxdesk.app.scorecards import values
from voxdesk.app.scorecards.values import Context, Parser
from voxdesk.kernel.worded import Worded, together, worded

FOLDER: Final = "scorecards"
MOST_QUESTIONS: Final = 100
VERSION_LENGTH: Final = 12
_NAME: Final = re.compile(r"[^\W\d]\w{0,63}")
_EXAMPLE: Final = worded(
    "Write sections: {talk: {title: The talk, questions: {polite: {ask: Was it polite?}}}}."
)


@dataclass(frozen=True, slots=True)
class CheckedScorecard:
    """A file that was read.

    Attributes:
        name: the file's name without its ending.
        scorecard: as far as it could be read; None: it has no question at all.
        problems: what is wrong.
        path: as messages say it.
        data: the file's content.
    """

    name: str
    scorecard: Scorecard | None
    problems: tuple[Problem, ...]
    path: str
    data: bytes = b""

    @property
    def usable(self) -> Scorecard | None:
        """The scorecard, where nothing is wrong with it."""
        return None if self.problems else self.scorecard

    @property
    def report(self) -> Worded:
        """All problems, as they are printed."""
        return together(problem.shown(self.path) for problem in self.problems)


HEADER: Final[Mapping[str, tuple[str, Parser]]] = {
    "title": ("title", values.texts),
    "description": ("description", values.texts),
    "passed_from": ("passed_from", values.passing),
}
"""Keys of the file beside its languages and sections: the field that each fills, its reader."""
SECTION: Final[Mapping[str, tuple[str, Parser]]] = {
    "title": ("title", values.texts),
    "weight": ("weight", values.weight),
}
QUESTION: Final[Mapping[str, tuple[str, Parser]]] = {
    "ask": ("ask", values.texts),
    "scale": ("scale", values.scale),
    "weight": ("weight", values.weight),
    "not_applicable": ("not_applicable", values.truth),
    "fatal": ("fatal", values.truth),
    "good": ("good", values.good),
    "guidance": ("guidance", values.texts),
}


def scorecard_files(config_dir: Path) -> list[Path]:
    """The files of the folder, by name. What has a second ending is none."""
    folder = config_dir / FOLDER
    return sorted(path for path in folder.glob("*.yaml") if "." not in path.stem)


def check_scorecard_file(path: Path) -> CheckedScorecard:
    """Everything that is wrong with a file, an unreadable one included."""
    shown = shown_path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        problem = Problem(
            1, worded("The file can't be read: {strerror}.", strerror=str(error.strerror))
        )
        return CheckedScorecard(path.stem, None, (problem,), shown)
    return check_scorecard(data, name=path.stem, path=shown)


def check_scorecard(data: bytes, *, name: str, path: str) -> CheckedScorecard:
    """The same for a file's content. `name` and `path` are what it and messages say."""
    try:
        tree = read_tree(data)
    except YamlProblem as problem:
        return CheckedScorecard(name, None, (Problem.of(problem),), path, data)
    problems = Problems()
    version = hashlib.sha256(data).hexdigest()[:VERSION_LENGTH]
    scorecard = _Reader(name, version, problems).read(tree)
    return CheckedScorecard(name, scorecard, problems.all, path, data)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one file."""

    name: str
    version: str
    problems: Problems

    def read(self, tree: Node) -> Scorecard | None:
        """What could be read."""
        if not tree.is_map:
            self.problems.add(
                tree.line, worded("The file must be a list of keys with values."), _EXAMPLE
            )
            return None
        check_keys(tree, worded("The scorecard"), self.problems)
        given = tree.entries()
        languages = read_languages(
            given.get("languages"),
            given.get("language"),
            self.problems,
            where=worded("The scorecard"),
            whose=worded("the scorecard's"),
        )
        context = Context(self.problems, languages, worded("The scorecard"))
        header = self._read(tree, context, HEADER, ("languages", "language", "sections"))
        self._demand(tree, context, "title")
        sections = given.get("sections")
        if sections is None or not sections.entries():
            self.problems.add(
                sections.at if sections else tree.line,
                worded('The scorecard needs "sections", at least one, by name.'),
                _EXAMPLE,
            )
            return None
        read = tuple(
            section
            for name, node in sections.entries().items()
            if (section := self._section(name, node, languages)) is not None
        )
        card = Scorecard(
            name=self.name,
            version=self.version,
            languages=languages,
            sections=read,
            **{"title": {}, **header},
        )
        self._check_whole(card, sections)
        return card

    def _section(self, name: str, node: Node, languages: tuple[str, ...]) -> Section | None:
        context = Context(self.problems, languages, worded('section "{name}"', name=name))
        if not self._is_named(name, node, context):
            return None
        read = self._read(node, context, SECTION, ("questions",))
        self._demand(node, context, "title")
        questions = node.entries().get("questions")
        if questions is None or not questions.entries():
            self.problems.add(
                questions.at if questions else node.line,
                worded('{where} needs "questions", at least one, by name.', where=context.where),
                _EXAMPLE,
            )
            return None
        found = tuple(
            question
            for each, entry in questions.entries().items()
            if (question := self._question(each, entry, languages)) is not None
        )
        return Section(name=name, questions=found, **{"title": {}, **read})

    def _question(self, name: str, node: Node, languages: tuple[str, ...]) -> Question | None:
        context = Context(self.problems, languages, worded('question "{name}"', name=name))
        if not self._is_named(name, node, context):
            return None
        read = self._read(node, context, QUESTION)
        self._demand(node, context, "ask")
        scale, points = read.pop("scale", (Scale.YES_NO, 0))
        given = node.entries()
        if "good" in given and scale is not Scale.YES_NO:
            self.problems.add(
                given["good"].line,
                worded('{where} has "good", and is no question of yes or no.', where=context.where),
                worded("Remove it; on the other scales more is better."),
            )
        return Question(name=name, scale=scale, points=points, **{"ask": {}, **read})

    def _is_named(self, name: str, node: Node, context: Context) -> bool:
        if not _NAME.fullmatch(name):
            self.problems.add(
                node.line,
                worded(
                    '"{name}" can\'t be a name: letters, digits and _, and no digit first.',
                    name=name,
                ),
                worded("Write one word, such as greeting or needs_understood."),
            )
        if not node.is_map:
            self.problems.add(
                node.at,
                worded("{where} must be a list of keys with values.", where=context.where),
                _EXAMPLE,
            )
        return node.is_map

    def _read(
        self,
        node: Node,
        context: Context,
        keys: Mapping[str, tuple[str, Parser]],
        others: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """The values of these keys; unknown ones are problems."""
        read: dict[str, Any] = {}
        for key, entry in node.entries().items():
            if key in keys:
                field, parse = keys[key]
                read[field] = parse(entry, context, key)
            elif key not in others:
                self.problems.add(
                    entry.line,
                    worded('{where} has no key "{key}".', where=context.where, key=key),
                    meant(key, [*others, *keys], worded("Keys")),
                )
        return read

    def _demand(self, node: Node, context: Context, key: str) -> None:
        if key not in node.entries():
            self.problems.add(
                node.line,
                worded('{where} has no "{key}", and needs one.', where=context.where, key=key),
            )

    def _check_whole(self, card: Scorecard, sections: Node) -> None:
        """What only shows when everything is read."""
        seen: dict[str, str] = {}
        for name, node in sections.entries().items():
            questions = node.entries().get("questions")
            for each, entry in questions.entries().items() if questions else ():
                if each in seen:
                    self.problems.add(
                        entry.line,
                        worded(
                            'The question "{each}" is in two sections, "{seen}" and "{name}".',
                            each=each,
                            seen=seen[each],
                            name=name,
                        ),
                        worded(
                            "Give one of them another name; results speak of questions by "
                            "their names."
                        ),
                    )
                seen[each] = name
        if len(seen) > MOST_QUESTIONS:
            self.problems.add(
                sections.line,
                worded("The scorecard has {seen} questions.", seen=len(seen)),
                worded(
                    "Nobody answers more than {most_questions}; make two of it.",
                    most_questions=MOST_QUESTIONS,
                ),
            )
        counts = any(
            section.weight * question.weight > 0
            for section in card.sections
            for question in section.questions
        )
        if seen and not counts:
            self.problems.add(
                sections.line,
                worded("No question counts: all weights are 0."),
                worded("Give a section and a question in it a weight above 0."),
            )
