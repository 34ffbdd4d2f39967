"""The small part of Jinja2 that prompts and conditions may use, sandboxed and bounded.

A template that can loop, call or multiply strings can fill the memory of every call; the ones here
can't: what isn't on the list below is refused when the flow is read.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, TemplateSyntaxError, meta, nodes
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dialog.speaking import FILTERS

MAX_TEMPLATE = 4000
MAX_TEXT = 4000
"""Characters; about four minutes of speech, so longer is a mistake."""

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Filter, nodes.Test, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub, nodes.Neg, nodes.Concat,
    nodes.Div, nodes.FloorDiv, nodes.Tuple, nodes.List, nodes.Keyword,
)  # fmt: skip
_OWN_WORDS = {
    nodes.For: "loops", nodes.Call: "calls", nodes.Mul: "multiplication", nodes.Pow: "powers",
    nodes.Mod: "the % sign (the test `divisibleby` tells even from odd)",
    nodes.Assign: "assignments (use a `set` step)", nodes.Import: "imports", nodes.Macro: "macros",
    nodes.Include: "includes", nodes.Slice: "slices", nodes.Dict: "dictionaries",
}  # fmt: skip
_JINJA_FILTERS = (
    "abs", "capitalize", "default", "d", "first", "int", "join", "last", "length", "count",
    "lower", "round", "title", "trim", "upper",
)  # fmt: skip
_TESTS = (
    "defined", "undefined", "none", "number", "string", "true", "false", "in", "eq", "ne", "lt",
    "le", "gt", "ge", "divisibleby", "odd", "even",
)  # fmt: skip


class TemplateProblem(Exception):
    """A template that can't be used; the message ends with what would be right.

    Attributes:
        line: within the template, from 1.
    """

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class RenderFailed(Exception):
    """A template met values that it can't work with."""


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=ChainableUndefined, autoescape=False)
    environment.globals.clear()
    kept = {name: environment.filters[name] for name in _JINJA_FILTERS}
    environment.filters = {**kept, **FILTERS}
    environment.tests = {name: environment.tests[name] for name in _TESTS}
    return environment


_ENVIRONMENT = _environment()
FILTER_NAMES = tuple(sorted(_ENVIRONMENT.filters))


def check(template: str) -> None:
    """Refuse a template that isn't valid or uses more than it may.

    Raises:
        TemplateProblem: says which and what instead.
    """
    if len(template) > MAX_TEMPLATE:
        raise TemplateProblem(f"is longer than {MAX_TEMPLATE} characters.")
    for node in _walk(_parse(template)):
        line = getattr(node, "lineno", 1) or 1
        if not isinstance(node, _ALLOWED):
            what = _OWN_WORDS.get(type(node), f'"{type(node).__name__}"')
            raise TemplateProblem(f"uses {what}, which templates of a flow can't.", line)
        if isinstance(node, nodes.Filter) and node.name not in _ENVIRONMENT.filters:
            raise TemplateProblem(
                f'uses the filter "{node.name}". Filters: {", ".join(FILTER_NAMES)}.', line
            )
        if isinstance(node, nodes.Test) and node.name not in _ENVIRONMENT.tests:
            raise TemplateProblem(f'uses the test "{node.name}". Tests: {", ".join(_TESTS)}.', line)


def check_condition(condition: str) -> None:
    """The same for a bare expression.

    Raises:
        TemplateProblem: says what is wrong.
    """
    if "{{" in condition or "{%" in condition:
        raise TemplateProblem("is an expression already; leave the braces away.")
    check(_as_template(condition))


def _as_template(condition: str) -> str:
    return "{{ (" + condition + ") }}"


@lru_cache(maxsize=4096)
def _parse(template: str) -> nodes.Template:
    try:
        return _ENVIRONMENT.parse(template)
    except TemplateSyntaxError as error:
        message = (error.message or "can't be read").rstrip(".")
        raise TemplateProblem(f"is not a valid template: {message}.", error.lineno) from error
    except RecursionError as error:
        raise TemplateProblem("is nested too deeply.") from error


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def names_in(template: str) -> set[str]:
    """The variables that a template reads.

    Raises:
        TemplateProblem: it is no template.
    """
    return set(meta.find_undeclared_variables(_parse(template)))


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


def fields_in_condition(condition: str) -> set[tuple[str, str]]:
    """Each `variable.field` that an expression reads."""
    return fields_in(_as_template(condition))


@lru_cache(maxsize=4096)
def _compiled(template: str) -> Any:
    check(template)
    return _ENVIRONMENT.from_string(template)


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
        RenderFailed: the values don't fit the template.
    """
    if "{" not in template:
        return " ".join(template.split())
    try:
        text = _compiled(template).render({**values, "language": language})
    except (TemplateError, TemplateProblem) as error:
        raise RenderFailed(str(error)) from error
    except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise RenderFailed(f"{type(error).__name__}: {error}") from error
    return " ".join(str(text)[:MAX_TEXT].split())


def holds(condition: str, values: Mapping[str, Any], language: str = "en") -> bool:
    """Whether an expression is true for these values.

    Raises:
        RenderFailed: the values don't fit the expression.
    """
    return render(condition_template(condition), values, language) == "1"


def condition_template(condition: str) -> str:
    """The template that prints 1 when the expression is true."""
    return "{% if " + condition + " %}1{% endif %}"
