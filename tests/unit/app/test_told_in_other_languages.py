"""What the API may refuse with is known to its document, and so to the console's translations."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from voxdesk.app.http import application
from voxdesk.app.http.errors import TroubleCode
from voxdesk.kernel.cases import Case
from voxdesk.kernel.errors import VoxdeskError

ROOT = Path(__file__).parents[3]
TEXTS = ROOT / "console" / "src" / "shared" / "troubles.ts"
NOT_ANSWERED = ("voxdesk.testing", "voxdesk.app.commands", "tests")
OF_A_CASE = re.compile(r"^  (\w+):\s+['\"](.*)['\"],$", re.MULTILINE)


def kinds(error: type[VoxdeskError]) -> Iterator[type[VoxdeskError]]:
    yield error
    for narrower in error.__subclasses__():
        yield from kinds(narrower)


def test_every_code_of_an_error_is_in_the_document() -> None:
    assert application.make_app  # whatever an endpoint may raise is imported by it
    codes = {
        kind.code
        for kind in kinds(VoxdeskError)
        if not kind.__module__.startswith(NOT_ANSWERED) and "test" not in kind.__module__
    }

    assert codes - set(get_args(TroubleCode)) == set()


def told() -> Iterator[tuple[str, set[str]]]:
    """The cases that are raised, each with the names of its values."""
    for folder in ("voxdesk", "crm", "recordings", "dialog"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield from _case_of(node)


def _case_of(call: ast.Call) -> Iterator[tuple[str, set[str]]]:
    given: dict[str | None, Any] = {one.arg: one.value for one in call.keywords}
    case = given.pop("case", None)
    if isinstance(case, ast.Constant) and isinstance(case.value, str):
        yield case.value, {name for name in given if name is not None}


def test_every_case_is_told_somewhere_and_with_the_values_that_its_translation_needs() -> None:
    needed = {
        case: set(re.findall(r"\{\{(\w+)\}\}", text)) - {"message"}
        for case, text in OF_A_CASE.findall(TEXTS.read_text("utf-8"))
    }
    raised = list(told())

    lacking = {case: needed[case] - values for case, values in raised if case in needed}

    assert {case: names for case, names in lacking.items() if names} == {}
    of_links = {"link_first", "link_password"}
    assert set(get_args(Case)) - set(dict(raised)) - of_links == set()
    assert set(get_args(Case)) <= set(needed)
