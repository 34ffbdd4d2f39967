"""The JSON Schema of a file of questions and answers, by which editors complete keys."""

from typing import Any

from dialog.flow_schema import DRAFT
from dialog.flow_values import MAX_EXAMPLE
from dialog.knowledge.file import QUESTION_KEYS, REQUIRED

Schema = dict[str, Any]

_SINGLE = ["string", "number", "boolean"]
"""YAML reads 4711 as a number and true as a truth value; both can be said."""
_NAME: Schema = {"$ref": "#/definitions/name"}
_TEXT: Schema = {"$ref": "#/definitions/text"}
_DAY: Schema = {"type": "string", "pattern": r"^\s*\d{4}-\d{2}-\d{2}\s*$"}
_KEYS: dict[str, tuple[str, Schema]] = {
    "question": ("As it is said to callers: Did you mean: …", _TEXT),
    "variants": ("Other ways in which callers ask it.", {"$ref": "#/definitions/wordings"}),
    "answer": ("What is said; it may read what every call knows, such as {{ today }}.", _TEXT),
    "from": ("The first day on which the answer is right.", _DAY),
    "until": ("The last day on which the answer is right.", _DAY),
}


def knowledge_schema() -> Schema:
    """The schema of a whole file, as JSON values."""
    names: Schema = {"anyOf": [_NAME, {"type": "array", "minItems": 1, "items": _NAME}]}
    question: Schema = {
        "type": "object",
        "required": list(REQUIRED),
        "additionalProperties": False,
        "properties": {key: _described(*_KEYS[key]) for key in QUESTION_KEYS},
    }
    return {
        "$schema": DRAFT,
        "title": "Knowledge of Voxdesk",
        "description": "Questions that callers have, and their answers.",
        "type": "object",
        "required": ["questions"],
        "additionalProperties": False,
        "properties": {
            "languages": _described("Every language that all texts have.", names),
            "language": _described("The first of them.", _NAME),
            "questions": {
                "description": "By name; the name is for logs, lists and other files.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": r"^[^\s/]+$"},
                "additionalProperties": question,
            },
        },
        "definitions": {
            "name": {"type": _SINGLE, "pattern": r"\S"},
            "text": {"anyOf": [_NAME, _by_language(_NAME)]},
            "wordings": _wordings(),
        },
    }


def _described(text: str, schema: Schema) -> Schema:
    """Draft 7 passes over what stands beside a reference."""
    return {"description": text, "allOf": [schema]}


def _by_language(schema: Schema) -> Schema:
    return {"type": "object", "minProperties": 1, "additionalProperties": schema}


def _wordings() -> Schema:
    one: Schema = {"type": _SINGLE, "pattern": r"\S", "maxLength": MAX_EXAMPLE}
    several: Schema = {"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]}
    return {"anyOf": [*several["anyOf"], _by_language(several)]}
