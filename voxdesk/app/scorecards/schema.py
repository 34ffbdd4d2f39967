"""The JSON Schema of a scorecard, by which editors complete keys."""

from typing import Any, Final

from dialog.flow_schema import DRAFT
from voxdesk.app.scorecards.reading import HEADER, QUESTION, SECTION
from voxdesk.app.scorecards.values import MOST_POINTS, MOST_TEXT, MOST_WEIGHT

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"$ref": "#/definitions/text"}
_NAMED: Final[Schema] = {"pattern": r"^[^\W\d]\w{0,63}$"}
_WEIGHT: Final[Schema] = {"type": "number", "minimum": 0, "maximum": MOST_WEIGHT}
_KEYS: Final[dict[str, tuple[str, Schema]]] = {
    "title": ("What people call it.", _TEXT),
    "description": ("Which calls it is for.", _TEXT),
    "passed_from": (
        "The score, 0 to 100, from which a call is good enough.",
        {"type": "number", "minimum": 0, "maximum": 100},
    ),
    "ask": ("What the scorer reads.", _TEXT),
    "scale": (
        "yes_no, 1-5, or points: how many at most.",
        {
            "anyOf": [
                {"enum": ["yes_no", "1-5"]},
                {
                    "type": "object",
                    "required": ["points"],
                    "additionalProperties": False,
                    "properties": {
                        "points": {"type": "integer", "minimum": 1, "maximum": MOST_POINTS}
                    },
                },
            ]
        },
    ),
    "weight": ("How much it counts beside its neighbours; 0: it doesn't.", _WEIGHT),
    "not_applicable": ("Whether it may be left out of a call.", {"type": "boolean"}),
    "fatal": ("The worst answer makes the whole score 0.", {"type": "boolean"}),
    "good": ("The better answer to a question of yes or no.", {"enum": ["yes", "no", True, False]}),
    "guidance": ("What makes which answer right.", _TEXT),
}


def scorecard_schema() -> Schema:
    """The schema of a whole file, as JSON values."""
    single: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
    text = {"type": ["string", "number", "boolean"], "pattern": r"\S", "maxLength": MOST_TEXT}
    return {
        "$schema": DRAFT,
        "title": "Scorecard of Voxdesk",
        "description": "Questions by which people judge a call.",
        **_object(
            HEADER,
            ("title", "sections"),
            {
                "languages": _described(
                    "Every language that all texts have.",
                    {"anyOf": [single, {"type": "array", "minItems": 1, "items": single}]},
                ),
                "language": _described("The first of them.", single),
                "sections": _described(
                    "Questions that belong together, by name.",
                    _by_name(
                        _object(
                            SECTION,
                            ("title", "questions"),
                            {
                                "questions": _described(
                                    "By name: results speak of them by it.",
                                    _by_name(_object(QUESTION, ("ask",), {})),
                                )
                            },
                        )
                    ),
                ),
            },
        ),
        "definitions": {
            "text": {
                "anyOf": [
                    text,
                    {"type": "object", "minProperties": 1, "additionalProperties": text},
                ]
            }
        },
    }


def _object(keys: Any, required: tuple[str, ...], more: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {**more, **{key: _described(*_KEYS[key]) for key in keys}},
    }


def _by_name(schema: Schema) -> Schema:
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": _NAMED,
        "additionalProperties": schema,
    }


def _described(text: str, schema: Schema) -> Schema:
    """Draft 7 passes over what stands beside a reference."""
    return {"description": text, "allOf": [schema]}
