"""What people write into the search box, read by our own rules. Pure.

    refund                 a word, whoever said it
    "my order"             words one after the other
    order NEAR/5 late      at most five words between them, in either order
    refund OR return       one of them
    -angry                 calls without it
    by-caller:refund       said by the caller; by-voxdesk:, by-agent:
    flow:shop silence:10   how the call went; see `FIELDS`

Nothing of it reaches a database as it was written: words become `crm.finding.tokens`, which have
neither quotes nor signs.
"""

import difflib
import re
from dataclasses import dataclass, replace
from typing import Final

from crm.finding.document import Column
from crm.finding.tokens import is_han, tokens
from voxdesk.kernel.errors import VoxdeskError

MOST_CHARACTERS: Final = 400
MOST_WORDS: Final = 24
MOST_BETWEEN: Final = 10
FIELDS: Final = (
    "agent", "call", "caller", "cause", "consent", "customer", "feeling", "flow", "language",
    "latency", "no-input", "no-match", "outcome", "recorded", "silence", "since", "slow", "step",
    "transferred", "until", "version",
)  # fmt: skip
SIDES: Final = {
    "by-caller": Column.CALLER,
    "by-voxdesk": Column.VOXDESK,
    "by-agent": Column.AGENT,
}
_PATTERN_SIGNS: Final = frozenset("*?[]{}()|\\^$~<>=+&%;#@`")
# A number may begin with a plus, a sentence end with a question mark.
_HARMLESS_AT_END = ".,!?;:\uff0c\u3002\uff01\uff1f"
_LEXEME = re.compile(
    r"""\s*(?:
      (?P<minus>-)?(?:(?P<field>[A-Za-z][A-Za-z-]*):)?
      (?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))
      |(?P<stray>\S)
    )""",
    re.VERBOSE,
)
_NEAR = re.compile(r"NEAR(?:/(?P<between>\d+))?")


class SearchRefused(VoxdeskError):
    """A search that can't be understood, or would take too long; says what to change."""

    code = "search"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one after the other; at least one."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Two phrases with at most `between` words between them, in either order."""

    left: Phrase
    right: Phrase
    between: int


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a call must have, or must not.

    Attributes:
        any_of: alternatives; at least one.
        column: where it must stand; None: anywhere.
    """

    any_of: tuple[Phrase | Near, ...]
    column: Column | None = None
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """All of it: every term and every field must hold."""

    terms: tuple[Term, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    quoted: bool
    minus: bool
    field: str


def parse(text: str) -> Query:
    """Read a search.

    Raises:
        SearchRefused: it can't be understood; says where and what would be right.
    """
    if len(text) > MOST_CHARACTERS:
        raise SearchRefused(
            f"A search has at most {MOST_CHARACTERS} characters; this has {len(text)}.",
            case="search_long",
            most=MOST_CHARACTERS,
            has=len(text),
        )
    terms: list[Term] = []
    fields: list[tuple[str, str]] = []
    pieces = _pieces(text)
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        if piece.field and piece.field not in SIDES:
            if piece.minus:
                raise SearchRefused(
                    f"-{piece.field}: can't be excluded, only words can.",
                    case="search_field_excluded",
                    field=piece.field,
                )
            fields.append((piece.field, piece.text))
            place += 1
            continue
        found, place = _term(pieces, place)
        terms += found
    words = sum(_words(one) for term in terms for one in term.any_of)
    if words > MOST_WORDS:
        raise SearchRefused(
            f"A search has at most {MOST_WORDS} words; this has {words}.",
            case="search_words",
            most=MOST_WORDS,
            has=words,
        )
    return Query(tuple(terms), tuple(fields))


def _words(one: Phrase | Near) -> int:
    return len(one.words) if isinstance(one, Phrase) else _words(one.left) + _words(one.right)


def _pieces(text: str) -> list[_Piece]:
    if text.count('"') % 2:
        raise SearchRefused(
            'A " is open: put one at the end of the phrase as well.', case="search_quote_open"
        )
    found = []
    for lexeme in _LEXEME.finditer(text.rstrip()):
        if lexeme["stray"]:
            raise SearchRefused(
                f"Nothing can be looked for by {lexeme['stray']} alone.",
                case="search_stray",
                sign=lexeme["stray"],
            )
        quoted = lexeme["quoted"] is not None
        content = lexeme["quoted"] if quoted else lexeme["bare"]
        field = (lexeme["field"] or "").lower()
        if field and field not in FIELDS and field not in SIDES:
            raise _unknown(field)
        if not quoted and (not field or field in SIDES):
            _refuse_patterns(content)
        found.append(_Piece(content, quoted, bool(lexeme["minus"]), field))
    return found


def _unknown(field: str) -> SearchRefused:
    known = (*FIELDS, *SIDES)
    near = difflib.get_close_matches(field, known, n=1)
    hint = f" Did you mean {near[0]}:?" if near else ""
    fields = ", ".join(known)
    return SearchRefused(
        f'There is no field "{field}:".{hint} Fields: {fields}',
        case="search_field",
        field=field,
        fields=fields,
    )


def _refuse_patterns(word: str) -> None:
    signs = _PATTERN_SIGNS.intersection(word.rstrip(_HARMLESS_AT_END))
    if signs:
        raise SearchRefused(
            f'"{word[:40]}" has {" ".join(sorted(signs))}: words are looked for as they are, '
            "there are no patterns. Leave the sign out, or put all of it in quotes.",
            case="search_pattern",
            word=word[:40],
            signs=" ".join(sorted(signs)),
        )


def _term(pieces: list[_Piece], place: int) -> tuple[list[Term], int]:
    """The term that begins here, with what is joined to it by OR and NEAR."""
    first = pieces[place]
    if _is_operator(first):
        raise SearchRefused(
            f"{first.text} stands between two words.", case="search_between", operator=first.text
        )
    alternatives, place = _operand(pieces, place)
    is_joined = False
    while place < len(pieces) and _is_operator(pieces[place]):
        operator = pieces[place].text
        if place + 1 >= len(pieces) or _is_operator(pieces[place + 1]):
            raise SearchRefused(
                f"After {operator} a word is missing.",
                case="search_word_missing",
                operator=operator,
            )
        is_joined = True
        following = pieces[place + 1]
        if following.minus or (following.field and following.field != first.field):
            raise SearchRefused(
                f"After {operator} stands a word or a phrase.",
                case="search_word_wanted",
                operator=operator,
            )
        others, place = _operand(pieces, place + 1)
        if operator == "OR":
            alternatives = [*alternatives, Phrase(_flat(others))]
        else:
            alternatives = [*alternatives[:-1], _near(operator, alternatives[-1], others)]
    column = SIDES.get(first.field)
    if is_joined:
        return [Term(tuple(alternatives), column, wanted=not first.minus)], place
    return [Term((one,), column, wanted=not first.minus) for one in alternatives], place


def _near(operator: str, left: Phrase | Near, others: list[Phrase | Near]) -> Near:
    match = _NEAR.fullmatch(operator)
    between = int(match["between"] or MOST_BETWEEN) if match else MOST_BETWEEN
    if between > MOST_BETWEEN:
        raise SearchRefused(
            f"NEAR takes at most {MOST_BETWEEN} words between: NEAR/{MOST_BETWEEN}",
            case="search_near_far",
            most=MOST_BETWEEN,
        )
    if not isinstance(left, Phrase):
        raise SearchRefused("NEAR joins two words or phrases, not three.", case="search_near_three")
    return Near(left, Phrase(_flat(others)), between)


def _operand(pieces: list[_Piece], place: int) -> tuple[list[Phrase | Near], int]:
    """A word or phrase; several phrases where somebody wrote Han, whose words have no blanks."""
    piece = pieces[place]
    words = tokens(piece.text)
    if not words:
        raise SearchRefused(
            f'In "{piece.text[:40]}" there is no word that could be looked for.',
            case="search_no_word",
            text=piece.text[:40],
        )
    joined = place + 1 < len(pieces) and _is_operator(pieces[place + 1])
    if not piece.quoted and not joined and not piece.minus and any(map(is_han, words)):
        return [Phrase((word,)) for word in words], place + 1
    return [Phrase(tuple(words))], place + 1


def _flat(found: list[Phrase | Near]) -> tuple[str, ...]:
    return tuple(word for one in found if isinstance(one, Phrase) for word in one.words)


def _is_operator(piece: _Piece) -> bool:
    bare = not (piece.quoted or piece.minus or piece.field)
    return bare and (piece.text == "OR" or bool(_NEAR.fullmatch(piece.text)))


def negated(query: Query) -> Query:
    """Only what must not be there, as if it were wanted."""
    return Query(tuple(replace(term, wanted=True) for term in query.terms if not term.wanted))


def wanted(query: Query) -> Query:
    """Only what must be there."""
    return Query(tuple(term for term in query.terms if term.wanted))
