"""No answer, or none that was understood: shorter and more helpful each time, keys, a person."""

from dialog.entering import enter
from dialog.flow import Waiting
from dialog.flow_survey import SurveyQuestion
from dialog.flow_texts import Option
from dialog.listening import answer_of, digits_of, label, listen, options_of
from dialog.offering import offers
from dialog.prompts import VALUES
from dialog.turn import Turn
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import AnswerKind

MAX_MISSES = 9
"""Failed tries in a row, over all steps, after which the call ends."""
MENU_HEARD = 0.5
"""Who heard less of a prompt than this share hears it again instead of its short form."""


def no_input(turn: Turn, step: Waiting) -> None:
    """The caller said nothing."""
    turn.change(no_input=turn.state.no_input + 1, misses=turn.state.misses + 1)
    turn.note(EventKind.NO_INPUT, step=step.name, count=turn.state.no_input)
    tries = turn.state.no_input + turn.state.no_match
    if gives_up(turn, step, "no_input"):
        return
    own = step.no_input
    if own:
        turn.say(turn.text(own[min(turn.state.no_input, len(own)) - 1]))
    else:
        lead = turn.wording("no_input", turn=turn.state.no_input - 1)
        turn.say(lead, _help(turn, step, tries))
    listen(turn, step)


def no_match(turn: Turn, step: Waiting, lead: str = "") -> None:
    """The caller said something that makes no sense here; `lead` says why, where that is known."""
    turn.change(no_match=turn.state.no_match + 1, misses=turn.state.misses + 1)
    turn.note(EventKind.NO_MATCH, step=step.name, count=turn.state.no_match)
    tries = turn.state.no_input + turn.state.no_match
    if gives_up(turn, step, "no_match") or offers(turn, step):
        return
    own = step.no_match
    if own and not lead:
        turn.say(turn.text(own[min(turn.state.no_match, len(own)) - 1]))
    elif turn.soothed:  # they were told already that we are sorry
        turn.say(_help(turn, step, tries))
    else:
        lead = lead or turn.wording("no_match", turn=turn.state.no_match - 1)
        turn.say(lead, _help(turn, step, tries))
    listen(turn, step)


def gives_up(turn: Turn, step: Waiting, reason: str) -> bool:
    """Whether the ladder is at its end; then a person is next, or goodbye."""
    tries = turn.state.no_input + turn.state.no_match
    if turn.state.misses > MAX_MISSES:
        turn.hang_up(reason, turn.wording("goodbye"))
        return True
    if tries <= step.attempts:
        return False
    target = step.give_up or turn.flow.person
    if not target or target == step.name:
        turn.hang_up(reason, turn.wording("goodbye"))
        return True
    if not step.give_up:
        turn.say(turn.wording("give_up"))
    enter(turn, target)
    return True


def _help(  # noqa: PLR0911  a table of cases
    turn: Turn, step: Waiting, tries: int
) -> str:
    """The rest of the sentence: the question again, then how to answer, then the keys."""
    if tries <= 1:
        unheard = turn.state.heard < MENU_HEARD
        again = step.prompt if unheard or not step.again.by_language else step.again
        return turn.text(again)
    if tries == 2 and step.help.by_language:  # noqa: PLR2004  the second try
        return turn.text(step.help)
    if isinstance(step, SurveyQuestion) and step.most:
        key = "keys_scale" if tries > 2 else "help_scale"  # noqa: PLR2004  the third try and on
        return turn.wording(key, least=step.least, most=step.most)
    kind = answer_of(step)
    shortest, longest = digits_of(step)
    by_keys = tries > 2  # noqa: PLR2004  the third try and on
    if kind in {AnswerKind.CHOICE, AnswerKind.CHOICES}:
        options = options_of(step)
        if by_keys and any(option.key for option in options):
            keys = turn.wording(f"keys_{kind}", keys=_keys(turn, options))
            person = turn.flow.person and all(option.key != "0" for option in options)
            return f"{keys} {turn.wording('keys_person')}" if person else keys
        return turn.wording(f"help_{kind}", options=_labels(turn, options))
    if by_keys and kind in {AnswerKind.DIGITS, AnswerKind.ORDER_NUMBER}:
        return turn.wording("keys_digits", shortest=shortest, longest=longest)
    if by_keys and f"keys_{kind}" in VALUES:
        return turn.wording(f"keys_{kind}")
    if kind in {AnswerKind.DIGITS, AnswerKind.ORDER_NUMBER}:
        return turn.wording(f"help_{kind}", shortest=shortest, longest=longest)
    return turn.wording(f"help_{kind}")


def _labels(turn: Turn, options: tuple[Option, ...]) -> str:
    """The list as it is said: "order status, returns, or opening hours"."""
    labels = [label(turn, option) for option in options if option.listed]
    if len(labels) < 2:  # noqa: PLR2004  one needs no "or"
        return "".join(labels)
    comma, space = _separators(turn)
    return comma.join(labels[:-1]) + comma + turn.wording("option_or") + space + labels[-1]


def _keys(turn: Turn, options: tuple[Option, ...]) -> str:
    """The list as it is keyed: "1 for order status, 2 for returns"."""
    said = [
        turn.wording("key_option", key=option.key, label=label(turn, option))
        for option in options
        if option.key and option.listed
    ]
    return _separators(turn)[0].join(said)


def _separators(turn: Turn) -> tuple[str, str]:
    """Between the entries of a list, and after its "or"."""
    return ("，", "") if turn.language == "zh" else (", ", " ")  # noqa: RUF001  a Chinese comma
