"""Every sentence that pages show in Chinese has a translation, with all that it names."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import _pydantic_core

from voxdesk.app.http.faults import fault

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "console/src/shared/wordings.zh.json"
PARTS = ("dialog", "crm", "recordings", "voxdesk")
PLURAL = "{expected_plural}"
NOT_OF_REQUESTS = re.compile(
    "arguments|argument|attribute|bytes|callable|complex|counter|dataclass|decimal|default_factory"
    "|deque|ellipsis|fraction|frozen|instance|is_subclass|iter|mapping|missing_sentinel|named_tuple"
    "|needs_python|ordered|recursion|set_|url|uuid|assertion|invalid_key|none_required|unicode|time_delta"
)
"""Kinds of mistakes that no request can have: they are of Python's own values."""


def wordings() -> Iterator[tuple[str, str]]:
    """Each wording of the program, with its place."""
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or ast.unparse(node.func) != "worded":
                    continue
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                wording = node.args[0]
                assert isinstance(wording, ast.Constant), f"{place}: write the wording out here"
                yield wording.value, place


def faults() -> Iterator[str]:
    for kind in _pydantic_core.list_all_errors():
        if not NOT_OF_REQUESTS.search(kind["type"]):
            yield kind["message_template_python"]


def names(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{\w+\}", text)) - {PLURAL})


def test_every_wording_has_a_translation_that_names_the_same() -> None:
    said = {**dict.fromkeys(faults(), "pydantic"), **dict(wordings())}
    spoken = {
        wording: place
        for wording, place in said.items()
        if re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", wording))
    }
    translated = json.loads(CATALOGUE.read_text())
    missing = [
        f"{place}: {wording}" for wording, place in spoken.items() if wording not in translated
    ]
    assert not missing, "Say these in console/src/shared/wordings.zh.json:\n" + "\n".join(missing)
    fields = {wording for wording in translated if re.fullmatch(r"body\.\w+", wording)}
    assert set(translated) - fields <= set(said), "Nobody says these any more; remove them."
    differing = {
        wording: text for wording, text in translated.items() if names(wording) != names(text)
    }
    assert not differing


class Asked(BaseModel):
    name: str = Field(min_length=2, max_length=4)
    days: int = Field(le=90)
    role: Literal["agent", "watcher", "owner"]
    words: list[str] = Field(max_length=1)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"name": "a", "days": 91, "role": "boss", "words": ["a", "b"]},
        {"name": "abcde", "days": "many", "role": 1, "words": "a"},
    ],
)
def test_what_is_wrong_with_a_field_is_told_word_for_word_and_has_translations(
    sent: dict[str, object],
) -> None:
    translated = json.loads(CATALOGUE.read_text())
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate(sent)
    for problem in refused.value.errors():
        told = fault(dict(problem))
        assert told == problem["msg"]
        assert told.wording in translated
