"""A simulated caller: has an errand and a manner, listens, answers, and gives up as people do."""

from dataclasses import dataclass, field
from datetime import date

from tests.bench.callers.errands import Errand
from tests.bench.callers.hearing import (
    digits_in,
    is_meant,
    is_right_question,
    is_told,
    key_for,
    question_in,
    read_back_in,
)
from tests.bench.callers.personas import Person

MOST_TURNS = 24
_MOST_WISHES = 4
_PAIRED = 4  # digits of a number that some people say in pairs
_INTERRUPTED = 0.5
_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third",
    "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth",
    "twenty-ninth", "thirtieth", "thirty-first",
)  # fmt: skip
_HAN = "零一二三四五六七八九"
_LABELS = {
    "en": {
        "status": "status", "cancel": "cancel", "return": "sending it", "refund": "refund",
        "change": "change", "date": "day", "yes": "yes", "no": "no", "broken": "broken",
        "wrong_item": "wrong", "unwanted": "wanted", "money": "money", "exchange": "new",
    },
    "zh": {
        "status": "状态", "cancel": "取消", "return": "退货", "refund": "退款", "change": "修改",
        "date": "日期", "yes": "是", "no": "不", "broken": "坏", "wrong_item": "错",
        "unwanted": "不", "money": "退款", "exchange": "换",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Says:
    """Says something.

    Attributes:
        text: as it is spoken.
        interrupts: into what is being said.
        source: where the wording comes from.
        recorded: digits that a real person's recording may say instead; empty: none may.
    """

    text: str
    interrupts: bool = False
    source: str = ""
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class Presses:
    """Presses keys."""

    keys: str


@dataclass(frozen=True, slots=True)
class Waits:
    """Says nothing."""


@dataclass(frozen=True, slots=True)
class HangsUp:
    """Has had enough, or is done."""

    why: str


Doing = Says | Presses | Waits | HangsUp


@dataclass(slots=True)
class Caller:
    """One call's caller; `react` is called with what was said since it last did something."""

    errand: Errand
    person: Person
    heard: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    turns: int = 0
    _wishes: list[str] = field(default_factory=list)
    _wrong_number: bool = False
    _not_understood: int = 0

    @property
    def is_satisfied(self) -> bool:
        """Has heard that the errand is done."""
        errand = self.errand
        return is_told(errand.task, errand.topic, " ".join(self.heard), errand.language)

    def react(self, said: str) -> Doing:
        """What the caller does now."""
        self.heard.append(said)
        self.turns += 1
        if self.turns > MOST_TURNS:
            return HangsUp("too many turns")
        asked = question_in(said, self.errand.language)
        if asked == "handed_over":
            return HangsUp("was given to a person")
        doing = self._keys(asked, said) if self.person.kind == "keys" else self._words(asked, said)
        if isinstance(doing, Says):
            self.sources.append(doing.source)
        return doing

    # ------------------------------------------------------------------ in words

    def _words(self, asked: str, said: str) -> Doing:  # noqa: C901, PLR0911, PLR0912  one case a question
        errand = self.errand
        match asked:
            case "wish" | "more" if self.is_satisfied:
                return self._answer("nothing_else")
            case "wish" | "more":
                return self._wish()
            case "number":
                return self._number()
            case "read_back":
                return self._read_back(said)
            case "cancel":
                return self._answer("yes" if errand.task in ("cancel", "refund") else "no")
            case "send_back":
                return self._answer("yes" if errand.task in ("return", "refund") else "no")
            case "person":
                return self._answer("no")
            case "did_you_mean":
                right = errand.topic and is_right_question(errand.topic, said)
                return self._answer("yes" if right else "no")
            case "change":
                return self._answer("what_to_change", errand.change or "item")
            case "address":
                return self._answer("address")
            case "item":
                return self._answer("item_change")
            case "day" if errand.day is not None:
                return self._filled("date", day=_spoken_day(errand.day, errand.language))
            case "reason":
                return self._answer("reason", errand.reason or "unwanted")
            case "instead":
                return self._answer("money_or_exchange", errand.wish or "money")
            case "question":
                return self._wish()
            case "rating":
                return self._filled("rating", value=_value(errand.rating, errand.language))
            case "recommend":
                return self._filled("recommend", value=_value(errand.recommend, errand.language))
            case "comment":
                return self._answer("comment")
        self._not_understood += 1
        return Waits() if self._not_understood < 3 else HangsUp("asked something unknown")

    def _wish(self) -> Doing:
        errand = self.errand
        if len(self._wishes) >= _MOST_WISHES:
            return HangsUp("was never understood")
        kind = errand.topic or errand.change or errand.reason
        wording = self.person.wish(errand.task, kind, self._wishes)
        self._wishes.append(wording.text)
        number = errand.order.number if errand.order else ""
        text = wording.text.replace("{digits}", _digits(number, errand.language))
        return Says(text, self._interrupts(), wording.source)

    def _answer(self, *path: str) -> Says:
        wording = self.person.answer(*path)
        return Says(wording.text, self._interrupts(), wording.source)

    def _filled(self, what: str, **values: str) -> Says:
        wording = self.person.answer(what)
        text = wording.text
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return Says(text, source=wording.source)

    def _number(self) -> Says:
        order, language = self.errand.order, self.errand.language
        number = order.number if order else "1234"
        if self.person.kind == "corrects" and not self._wrong_number:
            self._wrong_number = True
            wording = self.person.answer("number_corrected")
        else:
            wording = self.person.answer("number")
            if "{pairs}" in wording.text and len(number) != _PAIRED:
                wording = type(wording)("{digits}", wording.source)
        text = (
            wording.text.replace("{digits}", _digits(number, language))
            .replace("{wrong}", _digits(_another(number), language))
            .replace("{pairs}", _pairs(number))
        )
        bare = wording.text == "{digits}"
        return Says(text, self._interrupts(), wording.source, number if bare else "")

    def _read_back(self, said: str) -> Says:
        """A number is compared, and so is what the machine takes the wish for."""
        errand = self.errand
        number = errand.order.number if errand.order else ""
        heard = digits_in(said)
        if not heard:
            wanted = [errand.task, errand.name, errand.reason, errand.wish]
            if errand.task == "refund":
                wanted += ["return", "unwanted", "money"]
            if self.is_satisfied:
                wanted.append("other")
            about = read_back_in(said, errand.language)
            return self._answer("yes" if is_meant(about, wanted, errand.language) else "no")
        if heard == number:
            return self._answer("yes")
        wording = self.person.answer("number_refused")
        text = wording.text.replace("{digits}", _digits(number, self.errand.language))
        return Says(text, source=wording.source)

    def _interrupts(self) -> bool:
        return self.person.kind == "interrupts" and self.person.draws(_INTERRUPTED)

    # ------------------------------------------------------------------ by keys

    def _keys(self, asked: str, said: str) -> Doing:
        """Presses what was told; is silent until a key for it is told."""
        errand, labels = self.errand, _LABELS[self.errand.language]
        if self.is_satisfied and asked in ("wish", "more", "keys"):
            return HangsUp("done")
        if asked == "number" and errand.order is not None:
            return Presses(f"{errand.order.number}#")
        wanted = [errand.task, errand.change, errand.reason, errand.wish, "yes"]
        for each in wanted:
            if each in labels and (key := key_for(labels[each], said, errand.language)):
                return Presses(key)
        if asked == "keys" and errand.day is not None:
            return Presses(errand.day.strftime("%m%d"))
        self._not_understood += 1
        return Waits() if self._not_understood < MOST_TURNS // 2 else HangsUp("no key was told")


def _digits(number: str, language: str) -> str:
    if language == "zh":
        return "".join(_HAN[int(digit)] for digit in number)
    return " ".join(_ONES[int(digit)] for digit in number)


def _pairs(number: str) -> str:
    """In pairs: 4711 is "forty-seven eleven"; a pair with a leading zero is said by digits."""
    return " ".join(_below_100(number[at : at + 2]) for at in range(0, len(number), 2))


def _below_100(pair: str) -> str:
    value = int(pair)
    if len(pair) == 1 or pair[0] == "0":
        return " ".join(_ONES[int(digit)] for digit in pair)
    if value < 20:
        return _TEENS[value - 10]
    ones = value % 10
    return _TENS[value // 10 - 2] + (f"-{_ONES[ones]}" if ones else "")


def _another(number: str) -> str:
    """A number that somebody could have meant at first."""
    return number[:-1] + str((int(number[-1]) + 3) % 10)


def _spoken_day(day: date, language: str) -> str:
    if language == "zh":
        return f"{day.month}月{day.day}号"
    return f"{day.strftime('%B')} {_ORDINALS[day.day - 1]}"


def _value(value: int, language: str) -> str:
    return ("十" if value > 9 else _HAN[value]) if language == "zh" else [*_ONES, "ten"][value]
