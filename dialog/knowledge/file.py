"""Reads a file of questions and answers, or says everything that is wrong with it."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dialog import flow_values as values
from dialog.file_keys import check_keys, read_languages, shown_path
from dialog.flow_places import Places
from dialog.flow_problems import Problem, Problems, meant
from dialog.flow_silence import speaks
from dialog.flow_speech import unsayable
from dialog.flow_templates import GIVEN, RECORDS
from dialog.flow_texts import NO_PHRASES, NOTHING, Phrases, Text
from dialog.flow_values import MAX_EXAMPLE, Context
from dialog.knowledge.model import SEPARATOR, Knowledge, Question
from dialog.template import TemplateProblem, check, fields_in, names_in
from dialog.understanding.words import squeezed
from dialog.yaml_tree import MAX_BYTES, Node, YamlProblem, decoded, read_tree
from voxdesk.kernel.errors import FlowError
from voxdesk.kernel.worded import Worded, together, worded

HEADER = ("languages", "language", "questions")
_EXAMPLE = worded(
    "Write questions: {returns: {question: How long can I return it?, answer: 30 days.}}."
)
_TEMPLATE = re.compile(r"\{[{%#]")


@dataclass(frozen=True, slots=True)
class CheckedKnowledge:
    """A file that was read.

    Attributes:
        knowledge: as far as it could be read; None: it has no question at all.
        problems: what is wrong.
        path: as messages say it.
        data: the file's content.
    """

    knowledge: Knowledge | None
    problems: tuple[Problem, ...]
    path: str
    data: bytes = b""

    @property
    def report(self) -> Worded:
        """All problems, as they are printed."""
        return together(problem.shown(self.path) for problem in self.problems)


def day(node: Node, context: Context, key: str) -> date | None:
    """A day, as ISO writes it; None where it is something else."""
    written = "" if node.is_map or node.is_list else node.raw.strip()
    try:
        return date.fromisoformat(written) if len(written) == len("2026-12-31") else _no_day()
    except ValueError:
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" must be a day, and is "{written}".',
                where=context.where,
                key=key,
                written=written[:40],
            ),
            worded("Write {key}: 2026-12-31.", key=key),
        )
        return None


def _no_day() -> date:
    raise ValueError


def variants(node: Node, context: Context, key: str) -> Phrases:
    """Ways of asking; whole sentences."""
    return values.phrases(node, context, key, longest=MAX_EXAMPLE)


QUESTION_KEYS: Mapping[str, tuple[str, values.Parser]] = {
    "question": ("question", values.text),
    "variants": ("variants", variants),
    "answer": ("answer", values.text),
    "from": ("first", day),
    "until": ("last", day),
}
"""A question's keys: the field that each fills, and how it is read."""
REQUIRED = ("question", "answer")


def knowledge_files(folder: Path) -> list[Path]:
    """The files of a folder, by name. What has a second ending is none."""
    return sorted(path for path in folder.glob("*.yaml") if "." not in path.stem)


def load_knowledge(path: Path) -> Knowledge:
    """Questions that can be answered.

    Raises:
        FlowError: its text is the whole report, a line or two a problem.
    """
    checked = check_knowledge_file(path)
    if checked.problems or checked.knowledge is None:
        raise FlowError(checked.report)
    return checked.knowledge


def check_knowledge_file(path: Path) -> CheckedKnowledge:
    """Everything that is wrong with a file, an unreadable one included."""
    shown = shown_path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        problem = Problem(
            1, worded("The file can't be read: {strerror}.", strerror=str(error.strerror))
        )
        return CheckedKnowledge(None, (problem,), shown)
    return check_knowledge(data, name=path.stem, path=shown)


def check_knowledge(data: bytes, *, name: str, path: str) -> CheckedKnowledge:
    """The same for a file's content. `name` and `path` are what it and messages say."""
    try:
        tree = read_tree(data)
    except YamlProblem as problem:
        return CheckedKnowledge(None, (Problem.of(problem),), path, data)
    version = hashlib.sha256(data).hexdigest()[:12]
    lines = tuple(decoded(data).splitlines())
    reader = _Reader(Knowledge(name, path, version, (), {}), lines, Problems())
    knowledge = reader.read(tree)
    return CheckedKnowledge(knowledge, reader.problems.all, path, data)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one file; `empty` is what is known of it without its content."""

    empty: Knowledge
    lines: tuple[str, ...]
    problems: Problems

    def read(self, tree: Node) -> Knowledge | None:
        """What could be read."""
        if not tree.is_map:
            self.problems.add(
                tree.line, worded("The file must be a list of keys with values."), _EXAMPLE
            )
            return None
        check_keys(tree, worded("The file"), self.problems)
        given = tree.entries()
        for key, entry in given.items():
            if key not in HEADER:
                self.problems.add(
                    entry.line,
                    worded('The file has no key "{key}".', key=key),
                    meant(key, HEADER, worded("Keys")),
                )
        languages = read_languages(
            given.get("languages"),
            given.get("language"),
            self.problems,
            where=worded("The file"),
            whose=worded("the file's"),
        )
        node = given.get("questions")
        if node is None or not node.entries():
            self.problems.add(
                node.line if node else tree.line,
                worded('The file needs "questions", at least one, by name.'),
                _EXAMPLE,
            )
            return None
        questions = {
            name: question
            for name, entry in node.entries().items()
            if (question := self._question(name, entry, languages)) is not None
        }
        knowledge = Knowledge(
            self.empty.name, self.empty.path, self.empty.version, languages, questions
        )
        places = Places(node.entries(), self.lines)
        _check_twice(knowledge, self.problems)
        for question in questions.values():
            _check_texts(question, self.problems, places)
        return knowledge

    def _question(self, name: str, node: Node, languages: tuple[str, ...]) -> Question | None:
        context = Context(self.problems, languages, worded('question "{name}"', name=name))
        if not name.strip() or SEPARATOR in name or len(name.split()) != 1:
            self.problems.add(
                node.line,
                worded('"{name}" can\'t be the name of a question.', name=name),
                worded("Write one word, such as returns or return_period."),
            )
        if not node.is_map:
            self.problems.add(
                node.at,
                worded("{where} must be a list of keys with values.", where=context.where),
                _EXAMPLE,
            )
            return None
        given = node.entries()
        for key in given:
            if key not in QUESTION_KEYS:
                self.problems.add(
                    given[key].line,
                    worded(
                        '{where} has the key "{key}", and a question has no such key.',
                        where=context.where,
                        key=key,
                    ),
                    meant(key, QUESTION_KEYS, worded("Keys")),
                )
        for key in REQUIRED:
            if key not in given:
                self.problems.add(
                    node.line,
                    worded('{where} has no "{key}", and needs one.', where=context.where, key=key),
                )
        read: dict[str, Any] = {
            field: parse(given[key], context, key)
            for key, (field, parse) in QUESTION_KEYS.items()
            if key in given
        }
        first, last = read.get("first"), read.get("last")
        if first and last and first > last:
            self.problems.add(
                given["until"].at,
                worded(
                    '{where}: "until" is before "from", so no caller ever hears it.',
                    where=context.where,
                ),
                worded(
                    "Write the first day as from, the last one as until: from: {last}, until: "
                    "{first}",
                    last=last,
                    first=first,
                ),
            )
        defaults = {"question": NOTHING, "variants": NO_PHRASES, "answer": NOTHING}
        return Question(name=name, line=node.line, **{**defaults, **read})


# ------------------------------------------------------------------ checks of what was read


def _check_twice(knowledge: Knowledge, problems: Problems) -> None:
    """The same words must not have two answers on one day."""
    for language in knowledge.languages:
        said: dict[str, list[Question]] = {}
        for question in knowledge.questions.values():
            for wording in question.wordings(language):
                before = said.setdefault(squeezed(wording), [])
                other = next((one for one in before if _overlap(one, question)), None)
                if other is not None and other is not question:
                    problems.add(
                        question.line,
                        worded(
                            '"{wording}" asks both "{other}" and "{question}".',
                            wording=wording,
                            other=other.name,
                            question=question.name,
                        ),
                        worded(
                            "Keep it in one of them, or give them from and until that don't "
                            "overlap."
                        ),
                    )
                before.append(question)


def _overlap(one: Question, other: Question) -> bool:
    starts = max(one.first or date.min, other.first or date.min)
    ends = min(one.last or date.max, other.last or date.max)
    return starts <= ends


def _check_texts(question: Question, problems: Problems, places: Places) -> None:
    where = worded('question "{question}"', question=question.name)
    for key, text, spoken in _texts(question):
        for tag, template in text.by_language.items():
            line = places.of(question.name, template, text.line or question.line)
            if key != "answer" and _TEMPLATE.search(template):
                problems.add(
                    line,
                    worded(
                        '{where}: "{key}" is a template, and callers\' words are compared with it.',
                        where=where,
                        key=key,
                    ),
                    worded("Write it in plain words; only an answer may have values in it."),
                )
                continue
            for found in unsayable(template, tag, spoken=spoken):
                problems.add(
                    places.of(question.name, template, text.line, part=found.part),
                    worded(
                        '{where}: the text "{key}" in "{tag}" {text}',
                        where=where,
                        key=key,
                        tag=tag,
                        text=found.text,
                    ),
                    found.hint,
                )
    _check_answer(question, problems, places)


def _texts(question: Question) -> Iterator[tuple[str, Text, bool]]:
    yield "question", question.question, True
    yield "answer", question.answer, True
    for tag, wordings in question.variants.by_language.items():
        for wording in wordings:
            yield "variants", Text({tag: wording}, question.line), False


def _check_answer(question: Question, problems: Problems, places: Places) -> None:
    """Its templates may read what every call has: the file doesn't know which flow says it."""
    where = worded('question "{question}": "answer"', question=question.name)
    readable = True
    for template in question.answer.by_language.values():
        line = question.answer.line
        try:
            check(template)
            names, fields = names_in(template), fields_in(template)
        except TemplateProblem as problem:
            place = places.of(question.name, template, line)
            problems.add(
                place,
                worded("{where} {problem}", where=where, problem=problem.worded),
                worded("It is: {template}", template=template[:120]),
            )
            readable = False
            continue
        for name in sorted(names - set(GIVEN)):
            problems.add(
                places.of(question.name, template, line, part=name),
                worded(
                    '{where} uses the variable "{name}", which not every call has.',
                    where=where,
                    name=name,
                ),
                meant(name, GIVEN, worded("Variables")),
            )
        for variable, field in sorted(fields):
            if variable == "caller" and field not in RECORDS["caller"]:
                problems.add(
                    places.of(question.name, template, line, part=field),
                    worded(
                        '{where} uses "caller.{field}", and a caller has no such field.',
                        where=where,
                        field=field,
                    ),
                    meant(field, RECORDS["caller"], worded("Fields")),
                )
    said = any(template.strip() for template in question.answer.by_language.values())
    if readable and said and not speaks(question.answer):
        problems.add(
            question.answer.line,
            worded("{where} may be empty, and the caller would hear nothing.", where=where),
            worded("Write words beside its values."),
        )
