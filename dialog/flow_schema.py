"""The JSON Schema of a flow's file, made from the tables that the reader itself uses.

It lets an editor complete keys and underline mistakes of structure while one types. What only the
whole file shows (where steps lead, what templates read) is left to the check.
"""

import re
from collections.abc import Mapping
from typing import Any

from dialog import flow_values as values
from dialog.flow import Ask, Flow, Menu, Step
from dialog.flow_answers import BELONGS, country, currency, form
from dialog.flow_anywhere import Anywhere, WhenUpset
from dialog.flow_file import HEADER
from dialog.flow_header import (
    ANYWHERE_KEYS,
    ASIDE_KEYS,
    UPSET_KEYS,
    read_anywhere,
    read_asides,
    read_when_upset,
)
from dialog.flow_options import OPTION_KEYS, read_branches, read_options
from dialog.flow_steps import EVERY, KINDS
from dialog.flow_texts import Option
from dialog.flow_values import MAX_EXAMPLE, MAX_PHRASE, MIN_EXAMPLES, Number, OneOf, Parser
from dialog.hours_file import read_hours
from dialog.survey_steps import read_comment, read_questions
from dialog.variables_file import TYPES, read_variables
from voxdesk.kernel.speech import AnswerKind

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
"""Not the newest: the newest that the YAML plug-ins of common editors know well."""


def flow_schema() -> Schema:
    """The schema of a whole file, as JSON values."""
    about = _described(Flow)
    header = {key: _with(_whole(parser), about.get(key)) for key, parser in HEADER.items()}
    return {
        "$schema": DRAFT,
        "title": "A flow of Voxdesk",
        "description": "What a caller hears, what they may answer, and where that leads.",
        "type": "object",
        "required": ["steps"],
        "additionalProperties": False,
        "properties": {
            **header,
            "steps": {
                "description": about["steps"],
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": r"\S"},
                "additionalProperties": {"$ref": "#/definitions/step"},
            },
        },
        "definitions": {
            "name": {"type": _SINGLE, "pattern": r"\S"},
            "text": _text(),
            "phrases": _phrases(),
            "examples": _examples(),
            "step": {"oneOf": [{"$ref": f"#/definitions/{kind}"} for kind in KINDS]},
            **{kind: _step(kind) for kind in KINDS},
        },
    }


_SINGLE = ["string", "number", "boolean"]
"""YAML reads 4711 as a number and true as a truth value; both can be said."""
_NAME: Schema = {"$ref": "#/definitions/name"}
_TEXT: Schema = {"$ref": "#/definitions/text"}


def _of(parser: Parser) -> Schema:
    """What a parser accepts.

    Raises:
        LookupError: nobody has said here what this one accepts.
    """
    if isinstance(parser, OneOf):
        allowed: list[Any] = list(parser.allowed)
        return {"enum": allowed + [int(word) for word in allowed if word.isdecimal()]}
    if isinstance(parser, Number):
        return {
            "type": "integer" if parser.whole else "number",
            "minimum": parser.least,
            "maximum": parser.most,
        }
    if parser in _PARSERS:
        return _PARSERS[parser]
    raise LookupError(f"no schema for what {getattr(parser, '__name__', parser)} reads")


def _with(schema: Schema, description: str | None) -> Schema:
    """A schema with its description; draft 7 passes over what stands beside a reference."""
    if not description:
        return schema
    kept = {"allOf": [schema]} if "$ref" in schema else schema
    return {"description": description, **kept}


def _text() -> Schema:
    by_language = {"type": "object", "minProperties": 1, "additionalProperties": _NAME}
    return {"anyOf": [_NAME, by_language]}


def _phrases() -> Schema:
    phrase: Schema = {"type": _SINGLE, "pattern": r"\S", "maxLength": MAX_PHRASE}
    several: Schema = {"anyOf": [phrase, {"type": "array", "minItems": 1, "items": phrase}]}
    by_language = {"type": "object", "minProperties": 1, "additionalProperties": several}
    return {"anyOf": [*several["anyOf"], by_language]}


def _examples() -> Schema:
    example: Schema = {"type": _SINGLE, "pattern": r"\S", "maxLength": MAX_EXAMPLE}
    several: Schema = {"type": "array", "minItems": MIN_EXAMPLES, "items": example}
    by_language = {"type": "object", "minProperties": 1, "additionalProperties": several}
    return {"anyOf": [several, by_language]}


def _option() -> Schema:
    return {**_group(Option, OPTION_KEYS), "required": ["phrases"]}


def _group(kind: type[Option | Anywhere | WhenUpset], keys: Mapping[str, Parser]) -> Schema:
    """A group of keys, none of which must be there."""
    about = _described(kind)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: _with(_whole(parser), about.get(key)) for key, parser in keys.items()},
    }


def _whole(parser: Parser) -> Schema:
    """As `_of`, and what only a whole flow has."""
    if parser is read_anywhere:
        return {**_group(Anywhere, ANYWHERE_KEYS), "minProperties": 1}
    if parser is read_when_upset:
        return {**_group(WhenUpset, UPSET_KEYS), "type": ["object", "null"]}
    if parser is read_asides:
        option = {**_group(Option, ASIDE_KEYS), "required": ["phrases", "then"]}
        return {"type": "object", "minProperties": 1, "additionalProperties": option}
    return _of(parser)


def _branch() -> Schema:
    def only(*keys: str) -> Schema:
        return {
            "type": "object",
            "required": list(keys),
            "additionalProperties": False,
            "properties": dict.fromkeys(keys, _NAME),
        }

    return {"oneOf": [only("if", "then"), only("else")]}


def _variables() -> Schema:
    kind: Schema = {"enum": list(TYPES)}
    whole: Schema = {
        "type": "object",
        "required": ["type"],
        "additionalProperties": False,
        "properties": {
            "type": kind,
            "default": {
                "description": "What it is at the beginning.",
                "anyOf": [{"type": _SINGLE}, {"type": "null"}],
            },
        },
    }
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"anyOf": [kind, whole]},
    }


def _hours() -> Schema:
    span = {"type": "string", "pattern": r"^\s*(\d{1,2}:\d{2}.*\d{1,2}:\d{2}|[A-Za-z ]+)\s*$"}
    spans = {"anyOf": [span, {"type": "array", "minItems": 1, "items": span}]}
    hours: Schema = {
        "type": "object",
        "required": ["timezone", "week"],
        "additionalProperties": False,
        "properties": {
            "timezone": {"description": "An IANA name: America/New_York.", "type": "string"},
            "week": {
                "description": "Days with their hours: mon-fri: 09:00-18:00.",
                "type": "object",
                "minProperties": 1,
                "additionalProperties": spans,
            },
            "holidays": {
                "description": "Whose public holidays are kept: US, US-CA; or several.",
                "anyOf": [_NAME, {"type": "array", "items": _NAME}],
            },
            "dates": {
                "description": 'Days that differ: their hours, "closed", or "as usual".',
                "type": "object",
                "propertyNames": {"pattern": r"^\s*\d{4}-?\d{2}-?\d{2}\s*$"},
                "additionalProperties": spans,
            },
        },
    }
    return {"type": "object", "minProperties": 1, "additionalProperties": hours}


_PARSERS: Mapping[Parser, Schema] = {
    values.name: _NAME,
    values.optional_name: {"anyOf": [{"type": "null"}, _NAME]},
    values.names: {"anyOf": [_NAME, {"type": "array", "items": _NAME}]},
    values.steps: {"type": "object", "minProperties": 1, "additionalProperties": _NAME},
    values.flag: {"type": "boolean"},
    values.text: _TEXT,
    values.optional_text: {"anyOf": [{"type": "null"}, _TEXT]},
    values.texts: {"anyOf": [_TEXT, {"type": "array", "minItems": 1, "items": _TEXT}]},
    values.phrases: {"$ref": "#/definitions/phrases"},
    values.examples: {"$ref": "#/definitions/examples"},
    values.templates: {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": _SINGLE},
    },
    form: {"type": _SINGLE, "pattern": r"[A9?]"},
    currency: {"type": "string", "pattern": r"^\s*[A-Za-z]{3}\s*$"},
    country: {"type": "string", "pattern": r"^\s*[A-Za-z]{2}\s*$"},
    read_variables: _variables(),
    read_hours: _hours(),
    read_questions: {"type": "object", "minProperties": 1, "additionalProperties": _TEXT},
    read_comment: {"anyOf": [{"type": "boolean"}, _TEXT]},
}


def _step(kind: str) -> Schema:
    step_type, own = KINDS[kind]
    about = _described(step_type)
    required = [kind, *(key for key, spec in own.items() if spec.required and key != kind)]
    schema: Schema = {
        "title": kind,
        "description": (step_type.__doc__ or "").strip().splitlines()[0],
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": {
            key: _with(_key(spec.parse), about.get(spec.field))
            for key, spec in {**own, **EVERY}.items()
        },
    }
    if step_type is Menu:
        then = {"additionalProperties": {"required": ["then"]}}
        schema["allOf"] = [{"properties": {"options": then}}]
    if step_type is Ask:
        schema["allOf"] = _ask_rules()
    return schema


def _key(parser: Parser) -> Schema:
    """As `_of`, and the two that read groups of keys."""
    if parser is read_options:
        return {"type": "object", "minProperties": 1, "additionalProperties": _option()}
    if parser is read_branches:
        return {
            "type": "array",
            "minItems": 1,
            "items": _branch(),
            "contains": {"type": "object", "required": ["else"]},
        }
    return _of(parser)


def _ask_rules() -> list[Schema]:
    """Keys that belong to some types of answer, and where the answer leads."""

    def asks(*answers: AnswerKind) -> Schema:
        return {"properties": {"ask": {"enum": [str(answer) for answer in answers]}}}

    belongs = [
        {"if": {"required": [key]}, "then": asks(*answers)} for key, answers in BELONGS.items()
    ]
    return [
        *belongs,
        {"if": asks(*BELONGS["options"]), "then": {"required": ["options"]}},
        {"anyOf": [{"required": ["then"]}, {"required": ["yes", "no"]}]},
    ]


def _described(kind: type[Step | Option | Flow | Anywhere | WhenUpset]) -> dict[str, str]:
    """What the docstring of a class says of each attribute, those that it inherits included."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        listed = (base.__doc__ or "").partition("Attributes:\n")[2]
        for name, text in re.findall(r"^ {8}(\w+): (.*(?:\n {10,}.*)*)", listed, re.MULTILINE):
            found[name] = " ".join(text.split())
    return found
