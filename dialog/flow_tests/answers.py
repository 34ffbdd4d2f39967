"""What a generated caller does next: mostly what is waited for, often something else."""

from collections.abc import Mapping
from random import Random

from dialog.events import Enqueue, Listen, RecordMessage, Transfer
from dialog.flow import Answer, Ask, Flow, Queue, Waiting
from dialog.flow import Transfer as TransferStep
from dialog.flow_anywhere import ANSWER
from dialog.flow_tests.script import (
    USUAL_CONFIDENCE,
    CrmTurns,
    Doing,
    HandoverEnds,
    IsSilent,
    MessageEnds,
    Presses,
    Says,
    World,
)
from dialog.flow_tests.worlds import number_for
from dialog.listening import NUMBERS, options_of
from dialog.text_call import TextCall
from dialog.understanding import COMMAND_PHRASES
from dialog.understanding.phones import example
from voxdesk.kernel.speech import AnswerKind

_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "yes": ("yes", "yeah, that's right", "okay"),
        "no": ("no", "no thanks", "that's not right"),
        "day": ("tomorrow", "March third", "next Monday"),
        "moment": ("tomorrow at ten", "Friday at half past three in the afternoon", "in two hours"),
        "free": ("it doesn't work", "the parcel is damaged", "I moved house"),
        "else": ("blue bananas", "um", "well I think so but my sister said", "hold on"),
        "unknown": ("how tall is the moon",),
        "upset": ("this is ridiculous", "you are not listening", "I already told you"),
        "digits": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    },
    "zh": {
        "yes": ("是的", "对", "好的"),
        "no": ("不是", "不用了", "不对"),
        "day": ("明天", "三月三号", "下星期一"),
        "moment": ("明天上午十点", "星期五下午三点半", "两个小时以后"),
        "free": ("东西坏了", "地址换了", "一直没收到"),
        "else": ("蓝色的香蕉", "嗯", "我妹妹说过这件事", "等一下"),
        "unknown": ("月亮有多高",),
        "upset": ("太过分了", "你到底听不听得懂", "我已经说过了"),
        "digits": tuple("零一二三四五六七八九"),
    },
}
_LANGUAGES = ("speak Chinese please", "English please", "说中文", "说英语")
_KEYS = "0123456789*#"
_DATE_KEYS = ("0312", "20261224", "1332")
_MOMENT_KEYS = ("12240930", "01151400")
_LOW = 0.3
_OFTEN, _SOMETIMES, _SELDOM = 0.5, 0.2, 0.03


class Answers:
    """What one generated caller does; `world` says which numbers exist."""

    def __init__(self, flow: Flow, world: World, random: Random) -> None:
        """The same random numbers, the same caller."""
        self._flow = flow
        self._random = random
        self._numbers = [number for _, number in world.records if number.isdecimal()]
        self._crm_away = world.crm_away

    def next(self, call: TextCall) -> Doing | None:
        """What happens now; None where nobody knows how the call could go on."""
        random = self._random
        match call.pending:
            case Listen() as listen:
                if random.random() < _SELDOM:
                    self._crm_away = not self._crm_away
                    return CrmTurns(self._crm_away)
                return self._at(listen)
            case RecordMessage():
                return MessageEnds(random.random() < _OFTEN)
            case waits:
                return handed_over(waits, random.random())

    def _at(self, listen: Listen) -> Doing:  # noqa: PLR0911  one case a kind of doing
        """At a step that waits: an answer, a wrong one, silence, keys, a command."""
        what = self._random.choices(
            ("answer", "keyed", "else", "silence", "keys", "command", "aside", "upset"),
            (40, 20, 12, 12, 8, 8, 8 if self._may_ask(listen) else 0, 4),
        )[0]
        words = _WORDS.get(listen.expectation.language, _WORDS["en"])
        match what:
            case "answer":
                return self._said(self._answer(listen, words), words)
            case "keyed":
                return Presses(self._keyed(listen))
            case "else":
                return self._said(self._random.choice(words["else"]), words)
            case "silence":
                return IsSilent()
            case "keys":
                return Presses("".join(self._random.choices(_KEYS, k=self._random.randint(1, 6))))
            case "aside":
                return self._aside(listen, words)
            case "upset":
                return self._said(self._random.choice(words["upset"]), words)
        commands = COMMAND_PHRASES.get(listen.expectation.language, COMMAND_PHRASES["en"])
        phrases = [phrase for some in commands.values() for phrase in some]
        phrases += _LANGUAGES
        return self._said(self._random.choice(phrases), words)

    def _may_ask(self, listen: Listen) -> bool:
        return bool(listen.expectation.asides) or self._flow.anywhere.answers

    def _aside(self, listen: Listen, words: Mapping[str, tuple[str, ...]]) -> Doing:
        """Something that may be asked at any step, by words or by its key."""
        asides = listen.expectation.asides
        knows = self._flow.steps.get(ANSWER)
        if isinstance(knows, Answer) and (not asides or self._random.random() < _OFTEN):
            asked = self._question(knows, listen.expectation.language)
            known = bool(asked) and self._random.random() > _SOMETIMES
            return self._said(asked if known else words["unknown"][0], words)
        choice = self._random.choice(asides)
        options = self._flow.anywhere.options
        key = next((option.key for option in options if option.value == choice.value), "")
        if key and self._random.random() < _SOMETIMES:
            return Presses(key)
        language = listen.expectation.language
        examples = [
            said
            for option in options
            if option.value == choice.value
            for said in option.examples.by_language.get(language, ())
        ]
        return self._said(self._random.choice([*choice.phrases, *examples] or [""]), words)

    def _said(self, text: str, words: Mapping[str, tuple[str, ...]]) -> Says:
        """As it is heard: clearly or not, after the prompt or over it, with other readings."""
        random = self._random
        n_best: tuple[str, ...] = (text,)
        if random.random() < _SOMETIMES:
            n_best = (random.choice(words["else"]), text)
        low, over = random.random() < _SOMETIMES, random.random() < _SOMETIMES
        share = round(random.random(), 1) if over else None
        return Says(n_best, _LOW if low else USUAL_CONFIDENCE, share)

    def _answer(  # noqa: PLR0911  a table of kinds
        self, listen: Listen, words: Mapping[str, tuple[str, ...]]
    ) -> str:
        """Words that fit what is waited for."""
        expected, random = listen.expectation, self._random
        kind = expected.kind
        step = self._flow.steps.get(listen.step)
        if isinstance(step, Answer) and kind is AnswerKind.FREE:
            nothing = random.random() < _SOMETIMES
            said = "" if nothing else self._question(step, expected.language)
            return said or random.choice(words["no" if nothing else "else"])
        if expected.choices:
            choice = random.choice(expected.choices)
            return random.choice([*choice.phrases, *self._examples(listen, choice.value)] or [""])
        if kind is AnswerKind.YES_NO:
            return random.choice(words[random.choice(("yes", "no"))])
        if kind in NUMBERS or kind is AnswerKind.PHONE:
            digits = self._number(listen)
            return " ".join(words["digits"][int(digit)] for digit in digits if digit.isdecimal())
        if kind is AnswerKind.NUMBER:
            declined = random.random() < _SOMETIMES and listen.expectation.decline
            return random.choice(declined or words["digits"])
        if kind is AnswerKind.DATE:
            return random.choice(words["day"])
        if kind is AnswerKind.DATETIME:
            return random.choice(words["moment"])
        if listen.expectation.decline and random.random() < _SOMETIMES:
            return random.choice(listen.expectation.decline)
        # A kind that this caller doesn't know, too: something of everything.
        return random.choice([*words["free"], *words["day"], self._number(listen)])

    def _examples(self, listen: Listen, value: str) -> tuple[str, ...]:
        """Whole sentences that mean an option."""
        step = self._flow.steps.get(listen.step)
        options = options_of(step) if isinstance(step, Waiting) else ()
        language = listen.expectation.language
        return tuple(
            said
            for option in options
            if option.value == value
            for said in option.examples.by_language.get(language, ())
        )

    def _question(self, step: Answer, language: str) -> str:
        """A question that the step can answer, in words that it knows."""
        found = [
            wording
            for name in step.knowledge
            if name in self._flow.knowledge
            for question in self._flow.knowledge[name].questions.values()
            for wording in question.wordings(language)
        ]
        return self._random.choice(found) if found else ""

    def _keyed(self, listen: Listen) -> str:
        """Keys that fit what is waited for."""
        step, random = self._flow.steps.get(listen.step), self._random
        keys = [option.key for option in options_of(step)] if isinstance(step, Waiting) else []
        if listen.expectation.choices and any(keys):
            return random.choice([key for key in keys if key])
        kind = listen.expectation.kind
        if kind in NUMBERS or kind is AnswerKind.PHONE:
            return self._number(listen) + random.choice(("#", ""))
        if kind is AnswerKind.DATE:
            return random.choice(_DATE_KEYS)
        if kind is AnswerKind.DATETIME:
            return random.choice(_MOMENT_KEYS)
        return random.choice("12")

    def _number(self, listen: Listen) -> str:
        """A number that is asked for: often one that there is a record of."""
        step = self._flow.steps.get(listen.step)
        if isinstance(step, Ask) and step.answer is AnswerKind.PHONE:
            return example(step.country)
        if self._numbers and self._random.random() < _OFTEN:
            return self._random.choice(self._numbers)
        if isinstance(step, Ask):
            return number_for(step, self._random)
        return str(self._random.randint(0, 10**6))


def handed_over(pending: object, share: float) -> Doing | None:
    """How a transfer or a queue ends; `share` (0..1) says which outcome it is."""
    if isinstance(pending, Enqueue):
        outcomes = ("connected", *Queue.OUTCOMES)
        return HandoverEnds("queue", outcomes[int(share * len(outcomes))])
    if isinstance(pending, Transfer):
        outcomes = ("connected", *TransferStep.OUTCOMES)
        return HandoverEnds("transfer", outcomes[int(share * len(outcomes))])
    return None
