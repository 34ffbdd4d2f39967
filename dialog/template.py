"""The small part of Jinja2 that prompts and conditions may use, sandboxed and bounded.

A template that can loop, call or multiply strings can fill the memory of every call; the ones here
can't: what isn't on the list below is refused when the flow is read.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from jinja2 import TemplateSyntaxError, meta, nodes
from jinja2.exceptions import TemplateError

from dialog.flow_problems import meant
from dialog.template_sandbox import MAX_TEXT, TESTS, environment
from voxdesk.kernel.worded import Worded, plain, worded

MAX_TEMPLATE = 4000
MAX_DEPTH = 60

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Filter, nodes.Test, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub, nodes.Neg, nodes.Concat,
    nodes.Div, nodes.FloorDiv, nodes.Tuple, nodes.List, nodes.Keyword,
)  # fmt: skip
_OWN_WORDS = {
    nodes.For: worded("loops"),
    nodes.Call: worded("calls"),
    nodes.CallBlock: worded("calls"),
    nodes.Mul: worded("multiplication"),
    nodes.Pow: worded("powers"),
    nodes.Mod: worded("the % sign (the test `divisibleby` tells even from odd)"),
    nodes.Assign: worded("assignments (use a `set` step)"),
    nodes.With: worded("assignments (use a `set` step)"),
    nodes.AssignBlock: worded("assignments (use a `set` step)"),
    nodes.Macro: worded("macros"),
    nodes.Import: worded("imports"),
    nodes.FromImport: worded("imports"),
    nodes.Include: worded("includes"),
    nodes.Extends: worded("inheritance"),
    nodes.Block: worded("inheritance"),
    nodes.Slice: worded("slices"),
    nodes.Dict: worded("dictionaries"),
    nodes.FilterBlock: worded("filter blocks (use the sign |)"),
}


class TemplateProblem(Exception):
    """A template that can't be used; the message ends with what would be right.

    Attributes:
        worded: what is wrong, to go on from the name of what has it.
        line: within the template, from 1.
    """

    def __init__(self, message: Worded, line: int = 1) -> None:
        super().__init__(message)
        self.worded = message
        self.line = line


class RenderFailed(Exception):
    """A template met values that it can't work with."""


_ENVIRONMENT = environment()
FILTER_NAMES = tuple(sorted(_ENVIRONMENT.filters))


def check(template: str) -> None:
    """Refuse a template that isn't valid or uses more than it may.

    Raises:
        TemplateProblem: says which and what instead.
    """
    _check_parts(template)
    if "{" in template and not names_in(template):
        # The same in every call, so it can be seen now whether it works.
        try:
            render(template, {})
        except RenderFailed as error:
            raise TemplateProblem(worded("can't be said: {error}.", error=str(error))) from error


def _check_parts(template: str) -> None:
    """Refuse what a template may not be made of, before any of it runs."""
    if len(template) > MAX_TEMPLATE:
        raise TemplateProblem(
            worded("is longer than {max_template} characters.", max_template=MAX_TEMPLATE)
        )
    for node in _walk(_parse(template)):
        line = getattr(node, "lineno", 1) or 1
        if not isinstance(node, _ALLOWED):
            what = _OWN_WORDS.get(type(node)) or plain(f'"{type(node).__name__}"')
            raise TemplateProblem(
                worded("uses {what}, which templates of a flow can't.", what=what), line
            )
        if isinstance(node, nodes.Filter) and node.name not in _ENVIRONMENT.filters:
            names = meant(node.name, FILTER_NAMES, worded("Filters"))
            raise TemplateProblem(
                worded('uses the filter "{node}". {names}.', node=node.name, names=names), line
            )
        if isinstance(node, nodes.Test) and node.name not in _ENVIRONMENT.tests:
            names = meant(node.name, TESTS, worded("Tests"))
            raise TemplateProblem(
                worded('uses the test "{node}". {names}.', node=node.name, names=names), line
            )
        if (field := _field(node)).startswith("_"):
            raise TemplateProblem(
                worded('reads "{field}", and no record has such a field.', field=field), line
            )


def _field(node: nodes.Node) -> str:
    """The name of the entry that a node reads; empty for other nodes."""
    if isinstance(node, nodes.Getattr):
        return str(node.attr)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return str(node.arg.value)
    return ""


def check_condition(condition: str) -> None:
    """The same for a bare expression.

    Raises:
        TemplateProblem: says what is wrong.
    """
    if "{{" in condition or "{%" in condition:
        raise TemplateProblem(worded("is an expression already; leave the braces away."))
    check(_as_template(condition))


def _as_template(condition: str) -> str:
    return "{{ (" + condition + ") }}"


_ENDS = {
    "'end of print statement'": worded("'end of print statement'"),
    "'end of statement block'": worded("'end of statement block'"),
}


def _syntax(message: str) -> str:
    """What Jinja says, as a sentence of ours where it is one of the usual."""
    if found := re.fullmatch("unexpected end of template, expected (.+)", message):
        end = _ENDS.get(found[1], found[1])
        return worded("unexpected end of template, expected {end}", end=end)
    if found := re.fullmatch("expected token (.+), got (.+)", message):
        return worded(
            "expected token {wanted}, got {got}",
            wanted=_ENDS.get(found[1], found[1]),
            got=_ENDS.get(found[2], found[2]),
        )
    if found := re.fullmatch(r"unexpected char (.+) at (\d+)", message, re.DOTALL):
        return worded("unexpected char {char} at {place}", char=found[1], place=found[2])
    if found := re.fullmatch("unexpected (.+)", message):
        return worded("unexpected {sign}", sign=found[1])
    return message


@lru_cache(maxsize=4096)
def _parse(template: str) -> nodes.Template:
    try:
        tree = _ENVIRONMENT.parse(template)
    except TemplateSyntaxError as error:
        message = _syntax((error.message or "can't be read").rstrip("."))
        raise TemplateProblem(
            worded("is not a valid template: {message}.", message=message), error.lineno
        ) from error
    except RecursionError as error:
        raise TemplateProblem(worded("is nested too deeply.")) from error
    except ValueError as error:  # a number of thousands of digits
        raise TemplateProblem(worded("has a number that is too long.")) from error
    level: list[nodes.Node] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return tree
    raise TemplateProblem(worded("is nested too deeply, or joins too many parts."))


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    """A tree's nodes, in the order in which they were written."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting += reversed(list(here.iter_child_nodes()))


def names_in(template: str) -> set[str]:
    """The variables that a template reads.

    Raises:
        TemplateProblem: it is no template.
    """
    try:
        return set(meta.find_undeclared_variables(_parse(template)))
    except TemplateSyntaxError as error:  # a filter or a test that there isn't
        raise TemplateProblem(
            worded("is not a valid template: {message}", message=_syntax(str(error.message)))
        ) from error


def names_in_condition(condition: str) -> set[str]:
    """The variables that an expression reads.

    Raises:
        TemplateProblem: it is no expression.
    """
    return names_in(_as_template(condition))


def guarded_in(template: str) -> set[str]:
    """The variables that a template reads with a default, so that they may be missing.

    Raises:
        TemplateProblem: it is no template.
    """
    return {
        node.node.name
        for node in _walk(_parse(template))
        if isinstance(node, nodes.Filter)
        and node.name in {"default", "d"}
        and isinstance(node.node, nodes.Name)
    }


def guarded_in_condition(condition: str) -> set[str]:
    """The same for an expression."""
    return guarded_in(_as_template(condition))


def fields_in(template: str) -> set[tuple[str, str]]:
    """Each `variable.field` that a template reads, `variable["field"]` included.

    Raises:
        TemplateProblem: it is no template.
    """
    found: set[tuple[str, str]] = set()
    for node in _walk(_parse(template)):
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            found.add((node.node.name, node.attr))
        elif (
            isinstance(node, nodes.Getitem)
            and isinstance(node.node, nodes.Name)
            and isinstance(node.arg, nodes.Const)
            and isinstance(node.arg.value, str)
        ):
            found.add((node.node.name, node.arg.value))
    return found


def comparisons_in(template: str) -> list[tuple[str, Any]]:
    """Each variable that a template compares with a fixed value by ==, !=, < and the like.

    Raises:
        TemplateProblem: it is no template.
    """
    found = []
    for node in _walk(_parse(template)):
        if not isinstance(node, nodes.Compare) or len(node.ops) != 1:
            continue
        other = node.ops[0]
        if other.op in {"in", "notin"}:
            continue
        for one, fixed in ((node.expr, other.expr), (other.expr, node.expr)):
            if isinstance(one, nodes.Name) and isinstance(fixed, nodes.Const):
                found.append((one.name, fixed.value))
    return found


def paths_in(template: str) -> set[str]:
    """Each `variable.field.field` that a template reads, as far as it is written out.

    Raises:
        TemplateProblem: it is no template.
    """
    reads = (nodes.Getattr, nodes.Getitem)
    return {_path(node) for node in _walk(_parse(template)) if isinstance(node, reads)}


def paths_in_condition(condition: str) -> set[str]:
    """The same for an expression."""
    return paths_in(_as_template(condition))


def fields_in_condition(condition: str) -> set[tuple[str, str]]:
    """Each `variable.field` that an expression reads."""
    return fields_in(_as_template(condition))


@lru_cache(maxsize=4096)
def _compiled(template: str) -> Any:
    _check_parts(template)
    try:
        return _ENVIRONMENT.from_string(template)
    except (SyntaxError, RecursionError, MemoryError) as error:  # of the Python that it becomes
        raise TemplateProblem(worded("is nested too deeply.")) from error


def compile_now(template: str) -> None:
    """Compile a template before it is needed; one that can't be is refused when it is rendered."""
    if "{" in template:
        with suppress(TemplateProblem):
            _compiled(template)


def render(template: str, values: Mapping[str, Any], language: str = "en") -> str:
    """The text, white space squeezed. An unknown variable is empty.

    Args:
        template: checked before, or checked now.
        values: the variables; "today" (ISO) makes dates relative.
        language: BCP 47, for the filters.

    Raises:
        RenderFailed: the values don't fit the template, or make it too long.
    """
    if "{" not in template:
        return " ".join(template.split())
    parts: list[str] = []
    size = 0
    try:
        for part in _compiled(template).generate({**values, "language": language}):
            size += len(part)
            if size > MAX_TEXT:
                raise RenderFailed(f"it makes more than {MAX_TEXT} characters")
            parts.append(part)
    except (TemplateError, TemplateProblem) as error:
        raise RenderFailed(str(error)) from error
    except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise RenderFailed(f"{type(error).__name__}: {error}") from error
    return " ".join("".join(parts).split())


def holds(condition: str, values: Mapping[str, Any], language: str = "en") -> bool:
    """Whether an expression is true for these values.

    Raises:
        RenderFailed: the values don't fit the expression.
    """
    return render(condition_template(condition), values, language) == "1"


def condition_template(condition: str) -> str:
    """The template that prints 1 when the expression is true."""
    return "{% if " + condition + " %}1{% endif %}"


def speakable_in(template: str) -> tuple[str, ...]:
    """The pieces of a template that are said as they stand.

    Raises:
        TemplateProblem: it is no template.
    """
    return tuple(
        node.data for node in _walk(_parse(template)) if isinstance(node, nodes.TemplateData)
    )


def always_speaks(template: str, filled: Collection[str] = ()) -> bool:
    """Whether there are words in the text for all values that a call may have.

    Args:
        template: without problems.
        filled: variables that surely have a value.
    """
    return _any_speaks(_parse(template).body, frozenset(filled))


def _any_speaks(parts: Iterable[nodes.Node], filled: frozenset[str]) -> bool:
    return any(_speaks(part, filled) for part in parts)


def _speaks(node: nodes.Node, filled: frozenset[str]) -> bool:  # noqa: PLR0911  a table of cases
    """Whether a part of a template is sure to give a word."""
    if isinstance(node, nodes.TemplateData | nodes.Const):
        text = node.data if isinstance(node, nodes.TemplateData) else str(node.value)
        return any(character.isalnum() for character in text)
    if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        return _path(node) in filled
    if isinstance(node, nodes.Output | nodes.Concat):
        return _any_speaks(node.nodes, filled)
    if isinstance(node, nodes.Or | nodes.Add):
        return _any_speaks((node.left, node.right), filled)
    if isinstance(node, nodes.If):
        then = _any_speaks(node.body, filled | _true_in(node.test))
        others = all(
            _any_speaks(branch.body, filled | _true_in(branch.test)) for branch in node.elif_
        )
        return then and others and _any_speaks(node.else_, filled)
    if isinstance(node, nodes.CondExpr):
        then = _speaks(node.expr1, filled | _true_in(node.test))
        return then and node.expr2 is not None and _speaks(node.expr2, filled)
    if isinstance(node, nodes.Filter):
        if node.name in _ALWAYS_A_NUMBER:
            return True
        own = [node.node] if node.node else []
        return _any_speaks([*own, *(node.args if node.name in {"default", "d"} else ())], filled)
    return isinstance(node, nodes.Sub | nodes.Div | nodes.FloorDiv | nodes.Neg | nodes.Compare)


_ALWAYS_A_NUMBER = ("int", "length", "count", "money", "round", "abs")


def _path(node: nodes.Node | None) -> str:
    """`order.number` as it is written; empty for what is no such thing."""
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        return f"{_path(node.node)}.{_field(node)}"
    return ""


def _true_in(test: nodes.Node) -> frozenset[str]:
    """What surely has a value where a condition holds."""
    if isinstance(test, nodes.And):
        return _true_in(test.left) | _true_in(test.right)
    return frozenset({_path(test)} - {""})
