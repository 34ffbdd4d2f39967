"""What was heard, and what was hoped to be heard."""

import enum
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Word:
    """One recognized word; times are seconds since answer, confidence 0..1."""

    text: str
    start_s: float
    end_s: float
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of an utterance; confidence 0..1, comparable within one transcript."""

    text: str
    confidence: float
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recognizer made of an utterance, best hypothesis first.

    Attributes:
        hypotheses: N-best, never empty for speech; empty when nothing was said.
        is_final: False for a partial that may still change.
        start_s: start of the speech, seconds since answer.
        end_s: end of the speech, seconds since answer.
        no_speech_probability: the engine's own belief that nobody spoke, 0..1.
        engine: which recognizer.
        decode_ms: wall time of the decoding that made it.
        queued_ms: wall time it waited for a worker.
        stepped_back: why a larger engine left the turn to a smaller one: "crowded" (every worker
            was busy), "recent_wait" (turns lately had to wait), or empty when none did.
    """

    hypotheses: tuple[Hypothesis, ...]
    is_final: bool = True
    start_s: float = 0.0
    end_s: float = 0.0
    no_speech_probability: float = 0.0
    engine: str = ""
    decode_ms: float = 0.0
    queued_ms: float = 0.0
    stepped_back: str = ""

    @property
    def text(self) -> str:
        """The best hypothesis, or an empty string."""
        return self.hypotheses[0].text if self.hypotheses else ""

    @property
    def confidence(self) -> float:
        """Confidence of the best hypothesis, 0 when there is none."""
        return self.hypotheses[0].confidence if self.hypotheses else 0.0


class AnswerKind(enum.StrEnum):
    """The type of slot that a step waits for."""

    NONE = "none"
    FREE = "free"
    YES_NO = "yes_no"
    DIGITS = "digits"
    ORDER_NUMBER = "order_number"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    CODE = "code"
    TIME = "time"
    DATETIME = "datetime"
    MONEY = "money"
    PHONE = "phone"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list: its value in the flow, and the ways in which callers say it."""

    value: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a step of the dialogue waits for: it biases recognition and types the answer.

    Attributes:
        kind: type of the slot.
        language: BCP 47, "en" or "zh".
        choices: the closed list of kinds CHOICE (a menu is one) and CHOICES.
        phrases: further wordings that are likely here (global commands, names of things).
        grammar: all that callers say here, as the flow has it; engines with a grammar hear nothing
            else, others prefer it.
        entities: names known from the customer's record (products, people), spelled as written.
        min_digits: shortest acceptable digit string.
        max_digits: longest acceptable digit string; both count the characters of a CODE.
        letters: an order number may have letters ("AB4711"); they count as digits.
        prompt: a natural sentence for the recognizer, as if it had just been said.
            Lists of words hurt (measured); a sentence helps.
        form: what a CODE looks like: "A" a letter, "9" a digit, "?" either; empty: any.
        currency: ISO 4217, of MONEY that is said without one; empty: the language's usual one.
        country: ISO 3166, whose numbering plan a PHONE is read by; empty: the United States.
        names: what a NAME may be, as written.
        when: "past" or "future" where a day without a year can only be that, else "nearest".
        decline: words of who wants no more questions; of a NUMBER they are understood too.
        explicit: the words must show their kind ("five dollars", "five o'clock", not "five"),
            because they answer another question.
        sentences: whole sentences are understood here too, by their likeness to examples: the
            choices are not all that callers say.
        asides: what may be asked at any step instead of answering.
    """

    kind: AnswerKind = AnswerKind.FREE
    language: str = "en"
    choices: tuple[Choice, ...] = ()
    phrases: tuple[str, ...] = ()
    grammar: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    min_digits: int = 1
    max_digits: int = 32
    letters: bool = False
    prompt: str = ""
    form: str = ""
    currency: str = ""
    country: str = ""
    names: tuple[str, ...] = ()
    when: str = "nearest"
    decline: tuple[str, ...] = ()
    explicit: bool = False
    sentences: bool = False
    asides: tuple[Choice, ...] = ()


FREE_SPEECH = Expectation()


class Completeness(enum.Enum):
    """Whether words sound like a finished answer; it stretches or shrinks the hang time."""

    COMPLETE = "complete"
    UNSURE = "unsure"
    INCOMPLETE = "incomplete"


class BargeIn(enum.StrEnum):
    """What may stop a prompt, besides a key (which always does).

    SPEECH: the prompt pauses at once, and is dropped when the words are meant.
    KEYWORDS: only when a phrase that is expected was recognized.
    OFF: the prompt is said to its end.
    """

    SPEECH = "speech"
    KEYWORDS = "keywords"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Understood:
    """One typed reading of what was said.

    Attributes:
        value: the slot's value: "4711", "yes", a choice's value (several with commas), an ISO
            date, time or both, "12.99 USD", an E.164 number, a decimal number, or free text.
        confidence: 0..1.
        text: the words that it came from.
        hypothesis: rank of the hypothesis that made sense, 0 is the recognizer's best.
    """

    value: str
    confidence: float
    text: str
    hypothesis: int = 0
    details: dict[str, str] = field(default_factory=dict)
