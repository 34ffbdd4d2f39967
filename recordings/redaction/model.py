"""What is hidden of a text, and what stands there instead."""

import enum
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


class Kind(enum.StrEnum):
    """What is hidden."""

    CARD = "card"
    ID = "id"
    PHONE = "phone"
    ADDRESS = "address"
    BIRTH = "birth"
    EMAIL = "email"
    ACCOUNT = "account"
    PIN = "pin"


LABELS: Final = MappingProxyType(
    {
        "en": {
            Kind.CARD: "card number",
            Kind.ID: "id number",
            Kind.PHONE: "phone number",
            Kind.ADDRESS: "address",
            Kind.BIRTH: "date of birth",
            Kind.EMAIL: "e-mail address",
            Kind.ACCOUNT: "account number",
            Kind.PIN: "secret code",
        },
        "zh": {
            Kind.CARD: "卡号",
            Kind.ID: "证件号",
            Kind.PHONE: "电话号码",
            Kind.ADDRESS: "地址",
            Kind.BIRTH: "出生日期",
            Kind.EMAIL: "邮箱",
            Kind.ACCOUNT: "账号",
            Kind.PIN: "密码",
        },
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters of a text from `start` to `end` (not included)."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text as it may be shown.

    Attributes:
        text: with a label in brackets, "[card number]", for each thing hidden.
        spans: what was hidden, in the original text; in order, not overlapping.
        blocks: where the labels are in `text`; one for each span.
    """

    text: str
    spans: tuple[Span, ...] = ()
    blocks: tuple[Span, ...] = ()


def hide(text: str, spans: tuple[Span, ...], language: str) -> Redacted:
    """The text with labels for spans; those that overlap become one, of the first one's kind."""
    labels = LABELS["zh" if language.startswith("zh") else "en"]
    parts: list[str] = []
    blocks: list[Span] = []
    length = place = 0
    spans = merged(spans)
    for span in spans:
        label = f"[{labels[span.kind]}]"
        before = text[place : span.start]
        parts += (before, label)
        length += len(before)
        blocks.append(Span(length, length + len(label), span.kind))
        length += len(label)
        place = span.end
    return Redacted("".join([*parts, text[place:]]), spans, tuple(blocks))


def merged(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """In order; what overlaps is one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start < found[-1].end:
            last = found[-1]
            found[-1] = Span(last.start, max(last.end, span.end), last.kind)
        else:
            found.append(span)
    return tuple(found)
