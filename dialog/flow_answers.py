"""What an `ask` may say about its answer: the keys that belong to some kinds of answer only."""

import re
from collections.abc import Mapping
from typing import Any

from dialog.flow_values import Context
from dialog.understanding.phones import countries
from dialog.yaml_tree import Node
from voxdesk.kernel.speech import AnswerKind
from voxdesk.kernel.worded import NO_WORDS, worded

DEFAULT_DIGITS = {AnswerKind.ORDER_NUMBER: (3, 12), AnswerKind.CODE: (2, 20)}
_WITH_LENGTH = (AnswerKind.DIGITS, AnswerKind.ORDER_NUMBER, AnswerKind.CODE)
BELONGS: Mapping[str, tuple[AnswerKind, ...]] = {
    "options": (AnswerKind.CHOICE, AnswerKind.CHOICES),
    "yes": (AnswerKind.YES_NO,),
    "no": (AnswerKind.YES_NO,),
    "letters": (AnswerKind.ORDER_NUMBER,),
    "check": (AnswerKind.DIGITS, AnswerKind.ORDER_NUMBER),
    "min_digits": _WITH_LENGTH,
    "max_digits": _WITH_LENGTH,
    "format": (AnswerKind.CODE,),
    "currency": (AnswerKind.MONEY,),
    "country": (AnswerKind.PHONE,),
    "names": (AnswerKind.NAME,),
    "when": (AnswerKind.DATE, AnswerKind.DATETIME),
}
"""Keys of an `ask` that have a meaning only for some types of answer."""
_MAX_FORM = 32


def form(node: Node, context: Context, key: str) -> str:
    """What a code looks like: A a letter, 9 a digit, ? either; spaces and dashes are not said."""
    given = _word(node)
    if not re.fullmatch(r"[A9?\- ]*[A9?][A9?\- ]*", given) or len(given) > _MAX_FORM:
        context.problems.add(
            node.line,
            worded(
                '{where}: "{key}" must be made of A (a letter), 9 (a digit) and ? (either).',
                where=context.where,
                key=key,
            ),
            worded("Write {key}: AA-9999", key=key),
        )
        return ""
    return given


def currency(node: Node, context: Context, key: str) -> str:
    """An ISO 4217 code."""
    given = _word(node).upper()
    if not re.fullmatch("[A-Z]{3}", given):
        context.problems.add(
            node.line,
            worded(
                '{where}: "{key}" must be the three letters of a currency.',
                where=context.where,
                key=key,
            ),
            worded("Write {key}: USD", key=key),
        )
        return ""
    return given


def country(node: Node, context: Context, key: str) -> str:
    """An ISO 3166 code of a country whose phone numbers are known."""
    given = _word(node).upper()
    if given not in countries():
        context.problems.add(
            node.line,
            worded(
                '{where}: "{key}" must be the two letters of a country.',
                where=context.where,
                key=key,
            ),
            worded("Write {key}: US", key=key),
        )
        return ""
    return given


def _word(node: Node) -> str:
    return "" if node.is_map or node.is_list or node.value is None else node.raw.strip()


def check_answer(
    answer: AnswerKind,
    given: Mapping[str, Node],
    read: Mapping[str, Any],
    context: Context,
    line: int,
) -> None:
    """Adds what is wrong with the keys of an `ask` taken together."""
    for key, answers in BELONGS.items():
        if key in given and answer not in answers:
            context.problems.add(
                given[key].line,
                worded(
                    '{where}: "{key}" has no meaning when it asks for {answer}.',
                    where=context.where,
                    key=key,
                    answer=answer,
                ),
                worded("It belongs to: {answers}", answers=", ".join(answers)),
            )
    if answer in BELONGS["options"] and "options" not in given:
        what = worded("a choice") if answer is AnswerKind.CHOICE else worded("choices")
        context.problems.add(
            line,
            worded(
                '{where} asks for {what}, and has no "options".', where=context.where, what=what
            ),
        )
    if answer is AnswerKind.CHOICES:
        for option in read.get("options", ()):
            if "," in option.value:
                context.problems.add(
                    option.line,
                    worded(
                        '{where}, option "{value}": its name can\'t have a comma.',
                        where=context.where,
                        value=option.value,
                    ),
                )
    if read["min_digits"] > read["max_digits"]:
        context.problems.add(
            line,
            worded(
                "{where}: min_digits is more than max_digits; no number fits.", where=context.where
            ),
        )
    branches = answer is AnswerKind.YES_NO and "yes" in given and "no" in given
    if "then" not in given and not branches:
        context.problems.add(
            line,
            worded('{where} has no "then", and "ask" needs one.', where=context.where),
            worded('A yes_no may have "yes" and "no" instead.')
            if answer is AnswerKind.YES_NO
            else NO_WORDS,
        )
