"""What a step waits for, in the words of the recognizer and the turn detector."""

from dialog.events import Listen
from dialog.flow import Answer, Ask, Menu, Waiting
from dialog.flow_survey import SurveyQuestion
from dialog.flow_texts import Option
from dialog.state import Phase
from dialog.turn import Turn
from dialog.understanding import COMMAND_PHRASES, declining
from dialog.understanding.keyed import KEYED_DIGITS
from voxdesk.kernel.speech import AnswerKind, Choice, Expectation

NUMBERS = {AnswerKind.DIGITS, AnswerKind.ORDER_NUMBER}
KEYED = NUMBERS | set(KEYED_DIGITS)
"""Answers that are gathered from several keys."""
MAX_NAMES = 200
IN_PARTS = NUMBERS | {AnswerKind.PHONE}
"""Answers that callers say with a pause between their parts."""
LAST_DIGIT_S = 0.8
"""After the longest number only a key of someone who types on is waited for."""

_NUMBER_WORDS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "zh": list("零一二三四五六七八九"),
}


def answer_of(step: Waiting) -> AnswerKind:
    """The type of answer that a step waits for."""
    if isinstance(step, Answer):
        return AnswerKind.FREE
    return step.answer if isinstance(step, Ask) else AnswerKind.CHOICE


def options_of(step: Waiting) -> tuple[Option, ...]:
    """Its closed list, where it has one."""
    return step.options if isinstance(step, Ask | Menu) else ()


def has_examples(step: Waiting, language: str) -> bool:
    """Whether sentences that nobody wrote down are understood here."""
    closed = answer_of(step) is AnswerKind.CHOICE
    return closed and any(option.examples.by_language.get(language) for option in options_of(step))


def digits_of(step: Waiting) -> tuple[int, int]:
    """Shortest and longest number that its keys may make; of a code, the characters it has."""
    if isinstance(step, SurveyQuestion):
        return 1, len(str(step.most))
    if isinstance(step, Ask) and step.answer in NUMBERS | {AnswerKind.CODE}:
        return step.min_digits, step.max_digits
    if answer_of(step) is AnswerKind.CHOICES:
        return 1, max(1, len(options_of(step)))
    return KEYED_DIGITS.get(answer_of(step), (1, 32))


def key_words(key: str, language: str) -> tuple[str, ...]:
    """How a caller says the key of an option: "one", "1"."""
    if not key.isdigit():
        return ()
    words = _NUMBER_WORDS.get(language, _NUMBER_WORDS["en"])
    return (words[int(key)], key)


def label(turn: Turn, option: Option) -> str:
    """How we say an option."""
    return next(iter(option.phrases.of(turn.language)), option.value)


def aside_choices(turn: Turn) -> tuple[Choice, ...]:
    """What may be asked at any step, in the language that is spoken now."""
    options = turn.flow.anywhere.options
    return tuple(Choice(option.value, option.phrases.of(turn.language)) for option in options)


def asides_by_example(turn: Turn) -> bool:
    """Whether sentences that nobody wrote down ask for something at any step."""
    options = turn.flow.anywhere.options
    return any(option.examples.by_language.get(turn.language) for option in options)


def _other_languages(turn: Turn) -> tuple[str, ...]:
    """How callers name the languages that this flow could be spoken in instead."""
    names = turn.prompts.language_names
    others = (tag for tag in turn.languages if tag != turn.language)
    return tuple(name for tag in others for name in names.get(tag, ()))


def names_of(turn: Turn, step: Waiting) -> tuple[str, ...]:
    """The names that a step waits for: its own, and the caller's."""
    if answer_of(step) is not AnswerKind.NAME or not isinstance(step, Ask):
        return ()
    given = [turn.value(template) or "" for template in step.names]
    given.append(str((turn.state.variables.get("caller") or {}).get("display_name") or ""))
    names = (name.strip() for several in given for name in several.split(","))
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_NAMES]


def expectation(turn: Turn, step: Waiting, *, explicit: bool = False) -> Expectation:
    """What may be said at this step.

    `explicit`: the words answer another step, and must show whose they are.
    """
    language = turn.language
    options = options_of(step)
    commands = COMMAND_PHRASES.get(language, COMMAND_PHRASES["en"])
    keys = [word for option in options for word in key_words(option.key, language)[:1]]
    caller = turn.state.variables.get("caller") or {}
    names = (str(caller.get(key) or "") for key in ("first_name", "display_name"))
    asides = aside_choices(turn)
    shortest, longest = digits_of(step)
    possible = names_of(turn, step)
    enough = declining.phrases(language) if isinstance(step, SurveyQuestion) else ()
    own = step if isinstance(step, Ask) else Ask(name=step.name)
    return Expectation(
        kind=answer_of(step),
        language=language,
        choices=tuple(Choice(option.value, option.phrases.of(language)) for option in options),
        phrases=(
            *keys,
            *enough,
            *(phrase for phrases in commands.values() for phrase in phrases),
            *(phrase for choice in asides for phrase in choice.phrases),
            *_other_languages(turn),
        ),
        decline=enough,
        entities=tuple(dict.fromkeys([*(name for name in names if name), *possible])),
        min_digits=shortest,
        max_digits=longest,
        letters=own.letters,
        grammar=step.grammar.of(language),
        prompt=turn.text(step.hint) if step.hint.by_language else "",
        form=own.form,
        currency=own.currency,
        country=own.country,
        names=possible,
        when=own.when,
        explicit=explicit,
        sentences=has_examples(step, language) or asides_by_example(turn),
        asides=asides,
    )


def listen(turn: Turn, step: Waiting, *, patience: float = 1.0) -> None:
    """Wait for the caller's answer to this step, so many times as long as usual."""
    turn.change(phase=Phase.LISTENING, keys="", candidate=None, offering=False)
    turn.actions.append(_listen(step, expectation(turn, step), patience=patience))


def listen_on(turn: Turn, step: Waiting) -> None:
    """The longest number is keyed: wait a moment longer, for those who type on."""
    short = min(LAST_DIGIT_S, step.inter_digit_s)
    turn.actions.append(_listen(step, expectation(turn, step), inter_digit_s=short))


def listen_for_yes(turn: Turn, step: Waiting) -> None:
    """Wait for yes, no, or the right answer in place of the one that was read back."""
    turn.change(phase=Phase.CONFIRMING, keys="", offering=False)
    turn.actions.append(_listen(step, _yes_or(expectation(turn, step))))


def listen_to_offer(turn: Turn, step: Waiting) -> None:
    """Wait for yes or no to something that is offered, or for the step's own answer."""
    turn.change(phase=Phase.LISTENING, keys="", candidate=None, offering=True)
    turn.actions.append(_listen(step, _yes_or(expectation(turn, step))))


def _yes_or(own: Expectation) -> Expectation:
    """Yes, no, or what is expected in any case."""
    return Expectation(
        kind=AnswerKind.YES_NO,
        language=own.language,
        phrases=own.phrases,
        min_digits=own.min_digits,
        max_digits=own.max_digits,
        letters=own.letters,
        sentences=own.sentences,
        asides=own.asides,
    )


def _listen(
    step: Waiting,
    expected: Expectation,
    *,
    inter_digit_s: float | None = None,
    patience: float = 1.0,
) -> Listen:
    return Listen(
        step=step.name,
        expectation=expected,
        no_input_s=step.no_input_s * patience,
        inter_digit_s=step.inter_digit_s if inter_digit_s is None else inter_digit_s,
        gathering=inter_digit_s is not None,
        max_speech_s=step.max_speech_s,
    )
