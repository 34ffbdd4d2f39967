"""What a number is: by its own shape, by the words near it, by what was just asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from recordings.redaction import checks
from recordings.redaction.cues import Cue, before, find_cues
from recordings.redaction.languages import Language, other
from recordings.redaction.model import Kind
from recordings.redaction.runs import Run, plain

_SENTENCE: Final = re.compile(r"(?<=[.?!])\s|(?<=[。？！])")  # noqa: RUF001 - Chinese stops are meant
_SHORT: Final = 6  # digits; what is as short may be an amount
_AFTER: Final = 24  # characters; "… is my PIN"
_SMALL_TALK: Final = 8  # words; "Go on.", "Mm-hm, and then?" ask for the rest of what was asked
_TALK: Final = 3  # times as many, where nothing is asked


@dataclass(frozen=True, slots=True)
class Enough:
    """How many digits make a number of a kind, after a strong cue, a weak one, as an answer.

    Attributes:
        whole: as an answer with nothing else in it.
    """

    strong: int
    weak: int
    asked: int
    whole: int
    most: int = 40


ENOUGH: Final = {
    Kind.CARD: Enough(strong=8, weak=12, asked=4, whole=3),
    Kind.ID: Enough(strong=6, weak=6, asked=6, whole=4),
    Kind.PHONE: Enough(strong=7, weak=7, asked=6, whole=3, most=20),
    Kind.ACCOUNT: Enough(strong=5, weak=6, asked=5, whole=4),
    Kind.PIN: Enough(strong=3, weak=4, asked=3, whole=3, most=8),
    Kind.BIRTH: Enough(strong=4, weak=6, asked=4, whole=3, most=8),
    Kind.ADDRESS: Enough(strong=5, weak=6, asked=5, whole=1, most=9),
    Kind.EMAIL: Enough(strong=99, weak=99, asked=99, whole=99),
}
NUMBERS: Final = frozenset({Kind.CARD, Kind.ID, Kind.PHONE, Kind.ACCOUNT, Kind.PIN})
_FRACTION: Final = re.compile(r"\d[:.]$")  # minutes, cents
_LAST_DIGITS: Final = 4
_LONG: Final = 7  # digits; amounts, years and times are shorter
_LONGEST_PHONE: Final = 11
_NOT_ONE: Final = re.compile(r"\d\.\d|\b(?:and|to|for|or)\b")  # an internet address; two years
_CARD_LENGTHS: Final = range(13, 20)
_OWN_NUMBER: Final = re.compile(r"number|code|digits|[号码]")
_LOOKED_UP: Final = re.compile(
    r"(?:\b(?:it|is|it's|that's|got|saved|written|down|here|look(?:ing)?|check(?:ing)?|somewhere"
    r"|find|up|open(?:ing)?|read(?:ing)?|have|be)(?: it| that)?(?: up)?"
    r" (?:on|in|from|off|at|through)(?: (?:my|the|his|her|this|an?))?(?: [a-z]{2,8})?"
    r"|\b(?:get|grab|find|fetch|open|check|unlock)(?:ing)? (?:my|the|his|her)) $"
    r"|(?:在|存|看一?下|翻一?下|找一?下|打开)我?的?$"
)
# A noun that names the number behind it, whatever it is, and isn't of those that are hidden.
_THINGS: Final = re.compile(
    r"\b(?:notice|fine|citation|summons|cheque|check|certificate|voucher|permit|tag|label|sticker"
    r"|slip|form|letter|file|quote|invoice|bill|receipt|complaint|contract|docket|parcel|part"
    r"|model|ticket|booking|claim|case|plate|locator|fault|report|record|chart|warranty|package|pass)"
    r"(?:'s| is| was| says| reads|:)[ :#]*(?:[a-z][ -]?){0,5}$"
    # What is done with papers: "accession number", "requisition number"; nobody's telephone.
    r"|\b(?!(?:sta|recep|identifica|immigra|na|pen|apart|depart|govern)[a-z]+)"
    r"[a-z]{3,12}(?:tion|sion|ment) (?:number|no\.?)(?:'s| is| was|:)?[ :#]*(?:[a-z][ -]?){0,5}$"
    r"|[一-鿿](?<![我你您他她它的个那这家机话卡户帐账证件系身照爸妈婆公港小大新旧老司友姐哥弟妹人店保])"
    r"(?:编号|单号|代码|号)(?:码)?(?:是|为|：|:)?\s?(?:[a-z] ?){0,5}$"  # noqa: RUF001 - Chinese colon
)
_OUT_OF: Final = re.compile(r" (?:from|out of|into|off)\b")
_THING_WITHIN: Final = 40  # characters
_BOOK: Final = re.compile(r"97[89]\d{10}")  # ISBN


@dataclass(frozen=True)
class Heard:
    """A text with what is known of it.

    Attributes:
        text: `plain`.
        original: as it was written.
        cues: of the text.
        asked: what was asked for just before, the last of several.
        asked_kinds: all of them.
    """

    text: str
    original: str
    cues: Sequence[Cue]
    asked: Cue | None
    language: Language
    asked_kinds: frozenset[Kind] = frozenset()

    @cached_property
    def numbers(self) -> tuple[Run, ...]:
        """Runs of digits alone."""
        return tuple(self.language.numbers(self.text, self.original))

    @cached_property
    def spelled(self) -> tuple[Run, ...]:
        """Runs of digits and letters."""
        letters = True
        return tuple(self.language.runs(self.text, self.original, letters))

    @cached_property
    def dates(self) -> tuple[tuple[int, int], ...]:
        """Where days are."""
        return tuple(self.language.dates(self.text))


def asked_in(context: str, language: Language) -> Cue | None:
    """What a question, or the newest one of several lines, asks for; None: nothing we know.

    "Which card is it?" in the newest line asks for a card's number too, though not surely.
    """
    newest = True
    for line in reversed(context.splitlines()):
        for sentence in reversed(_SENTENCE.split(line)):
            cues = find_cues(sentence, language.cues)
            cues = [cue for cue in cues if not _read_from(cue, sentence)]
            found = [cue for cue in cues if cue.strong and not _only_told(cue)]
            if found:
                for kinds in (NUMBERS, frozenset(Kind)):  # what else is asked is looked for too
                    for cue in reversed(found):
                        if cue.kind in kinds:
                            return cue
                named = [cue for cue in found if not cue.amount]
                return (named or found)[-1]  # "your gift card's number, for the balance?"
            weak = [cue for cue in cues if not _only_told(cue)]
            told = weak if newest else [cue for cue in weak if cue.kind is None]
            if told and told[-1].kind is None and not language.number_asked.search(sentence):
                told = []  # "Should I text the confirmation?"
            if told:
                return told[-1]
        words = language.left_over(line)
        most = _SMALL_TALK * (2 if language.chinese else 1)
        if words > most * (1 if language.asking.search(line) else _TALK):
            return None
        newest = False
    return None


def names_number(line: str, language: Language) -> bool:
    """Whether a number itself is spoken of that has to be hidden, not a card or a phone only."""
    text = plain(line)
    return any(
        cue.kind is not None and _OWN_NUMBER.search(text, cue.start, cue.end)
        for cue in find_cues(text, language.cues)
        if cue.strong
    )


def _read_from(cue: Cue, sentence: str) -> bool:
    """Whether it is only where one looks for something: "it's on my phone, hang on"."""
    if cue.kind is None or _OWN_NUMBER.search(sentence, cue.start, cue.end):
        return False
    return _LOOKED_UP.search(sentence, max(0, cue.start - _AFTER), cue.start) is not None


def _only_told(cue: Cue) -> bool:
    """Whether nobody asks for it: "your number ends in 4471"."""
    return cue.kind is None and cue.last


def kinds_asked_in(context: str, asked: Cue | None, language: Language) -> frozenset[Kind]:
    """Everything that a question asks for: "your date of birth and your e-mail?".

    Args:
        context: its newest line counts.
        asked: what was asked for last, perhaps some lines before.
        language: of the answer; questions may be in the other one.
    """
    found = [
        cue
        for line in plain(context).splitlines()[-1:]
        for spoken in (language, other(language))
        for cue in find_cues(line, spoken.cues)
        if cue.strong
    ]
    kinds = {cue.kind for cue in [*found, *([asked] if asked else [])]}
    return frozenset(kind for kind in kinds if kind is not None)


def kind_of(run: Run, heard: Heard) -> Kind | None:
    """What a stretch of digits and letters is; None: nothing that is to be hidden."""
    shaped = _by_shape(run, heard)
    if shaped in (Kind.CARD, Kind.ID) or (shaped is Kind.PHONE and run.plus):
        return shaped
    cue, asked = _cue_of(run, heard), heard.asked
    if cue is not None and cue.kind is not None and _fits(run, cue, heard):
        return cue.kind
    if cue is not None and cue.kind is None:
        return None
    if asked is not None and (cue is None or not cue.strong or cue.kind is asked.kind):
        if asked.kind is not None and _answers(run, asked, heard):
            return asked.kind
        return shaped if asked.kind is not None else None
    return shaped


def unannounced(run: Run, heard: Heard) -> Kind | None:
    """What a long number is that nothing says anything of: better hidden than shown."""
    if len(run.value) < _LONG or not (run.value.isdigit() or checks.is_personal(run.value)):
        return None
    cue = _cue_of(run, heard)
    if cue is None and heard.asked is not None and not heard.asked.amount:
        cue = heard.asked
    named = _THINGS.search(heard.text, max(0, run.start - _THING_WITHIN), run.start)
    if (
        (cue is not None and cue.kind is None)
        or (cue is None and named is not None)
        or _BOOK.fullmatch(run.value)
        or is_amount(run, heard.text, heard.language)
        or _NOT_ONE.search(heard.text, run.start, run.end)
    ):
        return None
    if cue is not None and cue.kind not in (None, Kind.EMAIL):
        return cue.kind
    return _by_length(run)


def _by_length(run: Run) -> Kind:
    if not run.value.isdigit():
        return Kind.ID
    if len(run.value) > _LONGEST_PHONE:
        return Kind.CARD if len(run.value) in _CARD_LENGTHS else Kind.ACCOUNT
    return Kind.PHONE


def _by_shape(run: Run, heard: Heard) -> Kind | None:
    chinese = heard.language.chinese
    if checks.is_card(run.value):
        return Kind.CARD
    if checks.is_chinese_id(run.value) or checks.is_social(heard.text[run.start : run.end]):
        return Kind.ID
    if not run.value.isdigit():
        return None
    if checks.is_phone(run.value, chinese=chinese) or (
        run.plus and ENOUGH[Kind.PHONE].strong <= len(run.value) <= ENOUGH[Kind.PHONE].most
    ):
        return Kind.PHONE
    return None


def _cue_of(run: Run, heard: Heard) -> Cue | None:
    cue = before(heard.cues, run.start, within=heard.language.reach)
    if cue is not None and cue.last and cue.kind is None and len(run.value) > _SHORT:
        return None  # "ending in 42? No, the other one: 4659 4388 …"
    if cue is not None:
        return cue
    following = [
        cue
        for cue in heard.cues
        if 0 <= cue.start - run.end <= _AFTER
        and not (run.digits <= _SHORT and _OUT_OF.match(heard.text, run.end))
    ]  # "two hundred and fifty from savings" is a sum
    if not following:
        return None
    return following[0] if following[0].kind is not None and following[0].strong else None


def _fits(run: Run, cue: Cue, heard: Heard) -> bool:
    assert cue.kind is not None  # noqa: S101 - the caller saw to it
    enough = ENOUGH[cue.kind]
    if cue.last:
        return run.digits >= _LAST_DIGITS - 1 and not is_amount(run, heard.text, heard.language)
    if not run.value.isdigit() and cue.kind not in (Kind.ID, Kind.ACCOUNT):
        word = " " not in heard.text[run.start : run.end]
        return cue.kind is Kind.PIN and word and run.digits > 1  # "it was tiger4410"
    least = enough.strong if cue.strong else enough.weak
    return least <= len(run.value) <= enough.most and not is_amount(run, heard.text, heard.language)


def _answers(run: Run, asked: Cue, heard: Heard) -> bool:
    assert asked.kind is not None  # noqa: S101 - the caller saw to it
    if not run.value.isdigit() and asked.kind not in (Kind.ID, Kind.ACCOUNT):
        return False
    enough = ENOUGH[asked.kind]
    rest = heard.text[: run.start] + " " + heard.text[run.end :]
    whole = heard.language.left_over(rest) == 0
    least = enough.whole if whole else _LAST_DIGITS - 1 if asked.last else enough.asked
    if not asked.strong and not any(cue.kind is asked.kind for cue in heard.cues):
        least = enough.whole if whole else enough.weak
    return least <= len(run.value) <= enough.most and (
        whole or not is_amount(run, heard.text, heard.language)
    )


def is_amount(run: Run, text: str, language: Language) -> bool:
    """Few digits, and a unit behind them."""
    if run.digits <= 2 and _FRACTION.search(text, max(0, run.start - 3), run.start):  # noqa: PLR2004
        return True
    return (run.digits <= _SHORT and language.units.match(text, run.end) is not None) or text[
        run.end : run.end + 1
    ] == "%"
