"""What is wrong with a file that is no YAML, in the words of someone who edits a flow."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Self

from ruamel.yaml.error import MarkedYAMLError

from voxdesk.kernel.worded import NO_WORDS, Worded, worded


class LineNumber(int):
    """A line of a file, from 1, that remembers the column, from 1.

    It is a plain number everywhere else, so what carries a line carries its column to the message.
    """

    column: int
    path: str

    def __new__(cls, line: int, column: int = 1, path: str = "") -> Self:
        """`line` and `column` count from 1; `path` names another file than the one at hand."""
        number = super().__new__(cls, line)
        number.column = column
        number.path = path
        return number

    @classmethod
    def of(cls, line: int, path: str) -> Self:
        """A line as one of that file, unless it is in yet another one."""
        if isinstance(line, LineNumber):
            return cls(line, line.column, line.path or path)
        return cls(line, path=path)


class YamlProblem(Exception):
    """A file that is no usable YAML.

    Attributes:
        worded: what is wrong, a sentence.
        line: from 1, with its column where that is known.
        hint: what to do, or empty.
    """

    def __init__(self, message: Worded, line: int, hint: Worded = NO_WORDS) -> None:
        super().__init__(message)
        self.worded = message
        self.line = line
        self.hint = hint


QUOTE_TEMPLATE = worded(
    'A text that begins with a template needs quotes: say: "{{ name }}, hello."'
)


def explained(error: MarkedYAMLError, lines: Sequence[str]) -> YamlProblem:
    """The parser's complaint as a sentence, with the place that has to change.

    Args:
        error: of ruamel.yaml.
        lines: of the file.
    """
    problem = str(error.problem or "")
    for sign, explain in _EXPLAINED:
        if sign in problem and (found := explain(error, lines)):
            return found
    what = " ".join(str(part) for part in (error.context, error.problem) if part)
    return YamlProblem(
        worded("This is not YAML: {what}.", what=what),
        _at(error.problem_mark or error.context_mark),
    )


def _at(mark: Any) -> LineNumber:
    return LineNumber(mark.line + 1, mark.column + 1) if mark else LineNumber(1)


def _line(lines: Sequence[str], number: int) -> str:
    """The text of a line, from 1; empty outside of the file."""
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _wrong_start(error: MarkedYAMLError, lines: Sequence[str]) -> YamlProblem:
    at = _at(error.problem_mark)
    rest = _line(lines, at)[at.column - 1 :]
    if rest.startswith("\t"):
        return YamlProblem(
            worded("This line is indented by a tab, and YAML knows only spaces."),
            at,
            worded("Replace the tab by spaces."),
        )
    before = _line(lines, at)[: at.column - 1]
    hint = (
        QUOTE_TEMPLATE
        if before.endswith("{")
        else worded('Put it in quotes: "{rest}".', rest=rest.strip()[:60])
    )
    return YamlProblem(worded('A text can\'t begin with "{rest}".', rest=rest[:1]), at, hint)


def _open_quote(error: MarkedYAMLError, _lines: Sequence[str]) -> YamlProblem | None:
    if "quoted scalar" not in str(error.context):
        return None
    return YamlProblem(
        worded("The quote that opens here is never closed."),
        _at(error.context_mark),
        worded("Add the same quote at the end of the text."),
    )


def _second_colon(error: MarkedYAMLError, lines: Sequence[str]) -> YamlProblem:
    at = _at(error.problem_mark)
    line = _line(lines, at)
    before = line[: at.column - 1]
    if re.search(r":\s", before):
        key, _, text = line.strip().partition(":")
        return YamlProblem(
            worded("A text with a colon needs quotes; this one reads as a second key."),
            at,
            worded('Write {key}: "{text}".', key=key, text=text.strip()[:60]),
        )
    above = next((number for number in range(at - 1, 0, -1) if _line(lines, number).strip()), 0)
    written = _line(lines, above).strip()
    if re.search(r":\s+\S", written):
        return YamlProblem(
            worded(
                "This line is indented deeper than line {above}, which has a value already.",
                above=above,
            ),
            LineNumber(at, len(line) - len(line.lstrip()) + 1),
            worded("Begin it in the same column as line {above}.", above=above),
        )
    place = LineNumber(above or at, len(_line(lines, above)) - len(written) + 1)
    key, text = re.match(r"([\w-]*)[\s:]*(.*)", written).groups()  # type: ignore[union-attr]
    return YamlProblem(
        worded("This line has no colon with a space after its key."),
        place,
        worded("Write {key}: {text}", key=key, text=text)
        if text
        else worded("Write {key}:", key=key),
    )


def _left_over(error: MarkedYAMLError, lines: Sequence[str]) -> YamlProblem | None:
    """Something stands where the parser thought that a group of keys or a list was over."""
    at = _at(error.problem_mark)
    began = _at(error.context_mark)
    found = str(error.problem).rsplit("found ", 1)[-1].strip("'")
    if found == "<scalar>":
        template = "{{" in _line(lines, at) or "{%" in _line(lines, at)
        return YamlProblem(
            worded("Text goes on after a closed quote or bracket."),
            at,
            QUOTE_TEMPLATE if template else worded("Put the whole text in one pair of quotes."),
        )
    if found in {"}", "]"}:
        return YamlProblem(
            worded('There is one "{found}" too many.', found=found), at, worded("Remove it.")
        )
    if found == "-" and at.column >= began.column and "mapping" in str(error.context):
        return YamlProblem(
            worded('A list entry ("-") stands among keys.'),
            at,
            worded("Give it a key of its own, or remove it."),
        )
    if "collection" in str(error.context) and at.column == began.column:
        return YamlProblem(
            worded("A key stands among list entries."),
            at,
            worded('Begin the line with "- ", or indent it.'),
        )
    above = next((number for number in range(at - 1, 0, -1) if _line(lines, number).strip()), 0)
    column = len(_line(lines, above)) - len(_line(lines, above).lstrip()) + 1
    return YamlProblem(
        worded(
            "This line is indented like none before it: it begins in column {at_column}.",
            at_column=at.column,
        ),
        at,
        worded("Line {above} begins in column {column}.", above=above, column=column),
    )


def _missing_comma(error: MarkedYAMLError, lines: Sequence[str]) -> YamlProblem:
    at = _at(error.problem_mark)
    began = _at(error.context_mark)
    closing = "]" if "sequence" in str(error.context) else "}"
    line = _line(lines, at)
    if re.search(r"'\w*'\w", line[: at.column + 1]):
        hint = worded('A text with an apostrophe goes into double quotes: "I\'m here".')
    elif at > began:
        hint = worded('Close it in line {began} by "{closing}".', began=began, closing=closing)
    else:
        hint = worded("Put a comma between two keys, and quotes around a text with a colon.")
    return YamlProblem(
        worded(
            'A comma or a closing "{closing}" is missing before this; the bracket opens in '
            "line {began}, column {began_column}.",
            closing=closing,
            began=began,
            began_column=began.column,
        ),
        at,
        hint,
    )


def _no_value(error: MarkedYAMLError, _lines: Sequence[str]) -> YamlProblem:
    return YamlProblem(
        worded("A value is missing before this."),
        _at(error.problem_mark),
        worded('Write the value, or "" where it is meant to be empty.'),
    )


def _escape(error: MarkedYAMLError, _lines: Sequence[str]) -> YamlProblem:
    letter = str(error.problem).rsplit("character ", 1)[-1].strip("'")
    at = _at(error.problem_mark)  # the letter after the backslash
    return YamlProblem(
        worded('In double quotes "\\{letter}" has no meaning.', letter=letter),
        LineNumber(at, at.column - 1),
        worded("Use single quotes around the text, or write two backslashes."),
    )


def _block_start(error: MarkedYAMLError, _lines: Sequence[str]) -> YamlProblem:
    return YamlProblem(
        worded('After "|" or ">" the text begins on the next line.'),
        _at(error.problem_mark),
        worded("Move the text to the next line, and indent it."),
    )


_EXPLAINED: Sequence[tuple[str, Callable[[MarkedYAMLError, Sequence[str]], YamlProblem | None]]] = (
    ("that cannot start any token", _wrong_start),
    ("unexpected end of stream", _open_quote),
    ("mapping values are not allowed", _second_colon),
    ("expected <block end>", _left_over),
    ("expected ',' or", _missing_comma),
    ("expected the node content", _no_value),
    ("unknown escape character", _escape),
    ("expected chomping or indentation", _block_start),
)
