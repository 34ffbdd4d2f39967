"""Keys at a step that waits: one is an option, several make a number."""

from dialog.answering import accept, answer_offer, keep_words, odd_length, repeat, to_person
from dialog.asides import aside_keyed, turn_aside
from dialog.flow import Ask, Waiting
from dialog.flow_survey import DECLINED, SurveyQuestion
from dialog.hearing import acceptable, today_of
from dialog.ladder import no_match
from dialog.listening import (
    KEYED,
    NUMBERS,
    answer_of,
    digits_of,
    expectation,
    listen_on,
    options_of,
)
from dialog.turn import Turn
from dialog.understanding.keyed import keyed
from voxdesk.kernel.speech import AnswerKind, Understood

MAX_KEYS = 64
_YES_NO = {"1": "yes", "2": "no"}


def pressed(turn: Turn, step: Waiting, digit: str) -> None:
    """One key at a step that waits for an answer."""
    kind = answer_of(step)
    chosen = next((option for option in options_of(step) if option.key == digit), None)
    if chosen is not None and kind is not AnswerKind.CHOICES:
        keep_words(turn, step, "")
        accept(turn, step, _keyed(chosen.value), [])
    elif turn.state.offering and digit in _YES_NO and kind not in KEYED:
        answer_offer(turn, step, _YES_NO[digit])
    elif kind in KEYED:
        _gather(turn, step, digit)
    elif digit == "*":
        repeat(turn, step)
    elif digit == "0":
        to_person(turn, step)
    elif kind is AnswerKind.YES_NO and digit in _YES_NO:
        accept(turn, step, _keyed(_YES_NO[digit]), [])
    elif (aside := aside_keyed(turn, digit)) is not None:
        turn_aside(turn, step, aside)
    else:
        no_match(turn, step)


def _keyed(value: str) -> Understood:
    return Understood(value, 1.0, "")


def _gather(turn: Turn, step: Waiting, digit: str) -> None:
    """A key of a number: `#` ends it, `*` begins it again."""
    keys = turn.state.keys
    if digit == "*":
        if keys:
            turn.change(keys="")
        elif isinstance(step, SurveyQuestion):
            accept(turn, step, _keyed(DECLINED), [])
        else:
            repeat(turn, step)
    elif digit == "#" and keys:
        keys_done(turn, step)
    elif digit.isdigit():
        keys = (keys + digit)[:MAX_KEYS]
        turn.change(keys=keys)
        if len(keys) == digits_of(step)[1] or _is_all(step, keys):
            listen_on(turn, step)
    elif not keys:  # there is nothing yet that it could end
        no_match(turn, step)


def _is_all(step: Waiting, keys: str) -> bool:
    """Whether no longer number of the scale begins like this: a 7 of 0 to 10 needs no pause."""
    return isinstance(step, SurveyQuestion) and (keys == "0" or int(keys) * 10 > step.most)


def keys_done(turn: Turn, step: Waiting) -> None:
    """No further key comes: what was keyed is the answer, if it is one."""
    keys = turn.state.keys
    turn.change(keys="")
    if not keys or answer_of(step) not in KEYED:
        return
    zero = any(option.key == "0" for option in options_of(step))
    chosen = answer_of(step) is AnswerKind.CHOICES and not zero
    if keys == "0" and (chosen or digits_of(step)[0] > 1):
        to_person(turn, step)
        return
    if turn.state.offering and keys in _YES_NO and digits_of(step)[0] > 1:
        answer_offer(turn, step, _YES_NO[keys])
        return
    value = _value_of(turn, step, keys)
    shortest, longest = digits_of(step)
    check = acceptable(step)
    fits = shortest <= len(keys) <= longest and (check is None or check(keys))
    if value and fits:
        accept(turn, step, _keyed(value), [])
    elif isinstance(step, Ask) and step.answer in NUMBERS:
        odd_length(turn, step, keys)
        turn.change(digits="")  # keys are typed anew, not added to
    else:
        no_match(turn, step)


def _value_of(turn: Turn, step: Waiting, keys: str) -> str:
    """What the keys mean here; empty when they mean nothing."""
    if answer_of(step) is AnswerKind.CHOICES:
        options = {option.key: option.value for option in options_of(step) if option.key}
        if not all(key in options for key in keys):
            return ""
        return ",".join(value for key, value in options.items() if key in keys)
    return keyed(keys, expectation(turn, step), today_of(turn))
