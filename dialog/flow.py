"""A flow as the dialogue runs it: immutable steps, each with the line that it was written on."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from dialog.business_hours import Hours
from dialog.flow_anywhere import NOWHERE, Anywhere, WhenUpset
from dialog.flow_texts import DEFAULT_LANGUAGE, NO_PHRASES, NOTHING, Option, Phrases, Text
from dialog.variables import Variable
from voxdesk.kernel.speech import AnswerKind, BargeIn

if TYPE_CHECKING:
    from dialog.knowledge.model import Knowledge

CONFIRM_BELOW = 0.6
"""Confidence under which an answer is read back."""


class Confirm(enum.StrEnum):
    """When an answer is read back to the caller."""

    NEVER = "never"
    LOW_CONFIDENCE = "low_confidence"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What every step has.

    Attributes:
        name: unique in its flow.
        line: of the file.
        prompt: what is said on entering it; may be nothing.
        then: the next step; empty where the step names its outcomes or ends the call.
        language: the step is said and heard in this language, or empty for the call's.
        barge_in: what stops its prompt.
        sensitive: nothing of what is said or keyed at it stays: its texts are never cached on disk
            nor sent to a cloud voice, recordings are silent, the log has no words, keys or values.
    """

    kind: ClassVar[str] = ""

    name: str
    line: int = 0
    prompt: Text = NOTHING
    then: str = ""
    language: str = ""
    barge_in: BargeIn = BargeIn.SPEECH
    sensitive: bool = False

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """Every step that may follow: the key that names it, the step, the line."""
        if self.then:
            yield "then", self.then, self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Step):
    """Says something and goes on."""

    kind: ClassVar[str] = "say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Step):
    """A step that waits for the caller.

    Attributes:
        again: a shorter prompt for the second time; the prompt itself where it is nothing.
        help: said when two tries failed; ours for this kind of answer where it is nothing.
        no_input: own wordings, one a try, instead of ours; the same for no_match.
        attempts: failed tries before the call goes to `give_up`.
        give_up: a step; the flow's person where it is empty.
        about: what it asks for, as in "Back to your order number."; ours where it is nothing.
        hint: a natural sentence that biases the recognizer.
        grammar: all that callers say here; recognizers that have a grammar hear nothing else.
        no_input_s: silence that counts as no answer.
        inter_digit_s: silence that ends keyed digits.
        max_speech_s: a turn is cut there.
    """

    again: Text = NOTHING
    help: Text = NOTHING
    no_input: tuple[Text, ...] = ()
    no_match: tuple[Text, ...] = ()
    attempts: int = 3
    give_up: str = ""
    about: Text = NOTHING
    hint: Text = NOTHING
    grammar: Phrases = NO_PHRASES
    no_input_s: float = 5.0
    inter_digit_s: float = 2.5
    max_speech_s: float = 20.0

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """Where it may go by itself, giving up included."""
        yield from Step.targets(self)
        if self.give_up:
            yield "give_up", self.give_up, self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Waiting):
    """Fills one typed slot.

    Attributes:
        answer: type of the slot.
        slot: variable that takes the value; the step's name where none is given.
        options: the closed list of a choice, or of several.
        yes: the next step after yes, for yes_no; `then` where it is empty. The same for no.
        min_digits: shortest number.
        max_digits: longest number.
        letters: an order number may have letters.
        check: "luhn" where the number has that check digit, or empty.
        form: what a code looks like: A a letter, 9 a digit, ? either.
        currency: of an amount that is said without one.
        country: by whose numbering plan a phone number is read.
        names: templates of what a name may be, several with commas; the caller's is added.
        when: "past" or "future" where a date can only be that, else "nearest".
        also: slots of other steps that are taken when they come along in one sentence.
        confirm: when it is read back.
        confirm_below: what a low confidence is.
    """

    kind: ClassVar[str] = "ask"

    answer: AnswerKind = AnswerKind.FREE
    slot: str = ""
    options: tuple[Option, ...] = ()
    yes: str = ""
    no: str = ""
    min_digits: int = 1
    max_digits: int = 32
    letters: bool = False
    check: str = ""
    form: str = ""
    currency: str = ""
    country: str = ""
    names: tuple[str, ...] = ()
    when: str = "nearest"
    also: tuple[str, ...] = ()
    confirm: Confirm = Confirm.LOW_CONFIDENCE
    confirm_below: float = CONFIRM_BELOW

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """`then`, and yes and no where they differ."""
        yield from Waiting.targets(self)
        if self.yes:
            yield "yes", self.yes, self.line
        if self.no:
            yield "no", self.no, self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu(Waiting):
    """Goes where the caller says, by words or keys; `also` as of `Ask`."""

    kind: ClassVar[str] = "menu"

    options: tuple[Option, ...] = ()
    also: tuple[str, ...] = ()
    confirm: Confirm = Confirm.NEVER
    confirm_below: float = CONFIRM_BELOW

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """Each option's step."""
        yield from Waiting.targets(self)
        for option in self.options:
            if option.then:
                yield f"options.{option.value}.then", option.then, option.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Waiting):
    """Answers a question of the caller's from the knowledge base.

    Attributes:
        knowledge: names of the files to look in; the flow's where none are given.
        words: a template of a question that was asked already; where it is empty, one is asked for.
        slot: variable that takes the caller's words; the step's name where none is given.
        unknown: the next step when there is no answer.
        nothing: the next step when they want to know nothing (any more); else `unknown`.
        offer_frequent: the prompt names questions that this caller, or others, ask often.
        confirm: when it is asked whether a question is the one that was meant.
        confirm_below: what a low confidence is.
    """

    kind: ClassVar[str] = "answer"

    knowledge: tuple[str, ...] = ()
    words: str = ""
    slot: str = ""
    unknown: str = ""
    nothing: str = ""
    offer_frequent: bool = False
    confirm: Confirm = Confirm.LOW_CONFIDENCE
    confirm_below: float = CONFIRM_BELOW

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """`then`, and the outcomes without an answer."""
        yield from Waiting.targets(self)
        if self.unknown:
            yield "unknown", self.unknown, self.line
        if self.nothing:
            yield "nothing", self.nothing, self.line


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition and its step; no condition is "else"."""

    condition: str
    then: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Step):
    """Goes to the first branch whose condition holds."""

    kind: ClassVar[str] = "choose"

    branches: tuple[Branch, ...] = ()

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """Each branch's step."""
        yield from Step.targets(self)
        for branch in self.branches:
            yield ("then" if branch.condition else "else"), branch.then, branch.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Step):
    """Gives variables values; the variable "language" changes the call's language."""

    kind: ClassVar[str] = "set"

    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(Step):
    """Asks the CRM.

    Attributes:
        what: the kind of record.
        by: name of a key to the template of its value.
        into: variable that takes the record.
        found: the next step; the same for missing (no such record) and failed (no answer).
        timeout_s: then it counts as failed.
    """

    kind: ClassVar[str] = "lookup"

    what: str = ""
    by: Mapping[str, str] = field(default_factory=dict)
    into: str = ""
    found: str = ""
    missing: str = ""
    failed: str = ""
    timeout_s: float = 3.0

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """The three outcomes."""
        for key, step in (("found", self.found), ("missing", self.missing)):
            if step:
                yield key, step, self.line
        if self.failed:
            yield "failed", self.failed, self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover(Step):
    """A step whose outcome is somebody else's: a transfer or a queue.

    Attributes:
        outcomes: a `TransferDone.outcome` to its step; "connected" is `then`.
    """

    outcomes: Mapping[str, str] = field(default_factory=dict)

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """`then`, and each outcome's step."""
        yield from Step.targets(self)
        for outcome, step in self.outcomes.items():
            yield outcome, step, self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Handover):
    """Gives the call to a SIP target; mode "blind" or "bridged"."""

    kind: ClassVar[str] = "transfer"
    OUTCOMES: ClassVar[tuple[str, ...]] = ("busy", "no_answer", "refused", "failed")

    target: str = ""
    mode: str = "bridged"
    timeout_s: float = 30.0
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(Handover):
    """Puts the caller in a queue of people; fields as of `dialog.events.Enqueue`."""

    kind: ClassVar[str] = "queue"
    OUTCOMES: ClassVar[tuple[str, ...]] = ("left_queue", "timed_out", "no_agents", "failed")

    queue: str = ""
    skills: tuple[str, ...] = ()
    priority: int = 0
    whisper: Text = NOTHING
    max_wait_s: float = 600.0
    leave_key: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Step):
    """Records a message for a mailbox, then goes on.

    Attributes:
        mailbox: whose message it is.
        max_s: the longest one.
        transcribe: its words are written down after the call.
    """

    kind: ClassVar[str] = "message"

    mailbox: str = ""
    max_s: float = 120.0
    transcribe: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Step):
    """Says goodbye and hangs up; `reason` is for the log."""

    kind: ClassVar[str] = "end"

    reason: str = "done"


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole flow.

    Attributes:
        name: the file's name without its ending.
        path: where it was read from, as it is shown to people.
        version: short hash of the text; a call keeps the version that it started with.
        steps: by name, in the file's order.
        start: the first step.
        start_over: where "start over" goes.
        person: where "agent", the key 0 and a failed ladder go; empty: nobody is there.
        language: what the call starts in when the caller's own isn't among `languages`.
        languages: every language that all texts have.
        takes: variables that it is given by the flow that runs it as a subflow.
        variables: those that are declared, by name; those of subflows as they are called.
        hours: when places are open, by name; those of subflows as their variables are called.
        knowledge: by name, the questions and answers that its steps use; part of its version.
        anywhere: what callers may ask at any step that waits.
        when_upset: what is done for frustrated and angry callers; None: nothing of its own.
    """

    name: str
    path: str
    version: str
    steps: Mapping[str, Step]
    start: str
    start_over: str = ""
    person: str = ""
    language: str = DEFAULT_LANGUAGE
    languages: tuple[str, ...] = (DEFAULT_LANGUAGE,)
    takes: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    hours: Mapping[str, Hours] = field(default_factory=dict)
    knowledge: Mapping[str, "Knowledge"] = field(default_factory=dict)
    anywhere: Anywhere = NOWHERE
    when_upset: WhenUpset | None = None
