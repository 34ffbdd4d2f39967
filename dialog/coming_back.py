"""Back to the question that a caller interrupted: what it is about, and its short form again."""

from dialog.flow import Waiting
from dialog.listening import answer_of, listen, listen_for_yes
from dialog.prompts import VALUES
from dialog.read_back import read_back
from dialog.state import Candidate, Phase
from dialog.turn import Turn
from voxdesk.kernel.call import EventKind


def come_back(turn: Turn, *, unknown: bool = False) -> None:
    """Ask the last interrupted question again; slots and failed tries are as they were.

    `unknown`: what was asked instead has no answer, and counts as a failed try.
    """
    *others, last = turn.state.interrupted
    if unknown:
        turn.say(turn.wording("unknown_question"))
        turn.change(misses=turn.state.misses + 1)
    turn.change(
        interrupted=tuple(others),
        step=last.step,
        path=turn.state.path[: last.answered],
        no_input=last.no_input,
        no_match=last.no_match + unknown,
        keys="",
        digits=last.digits,
        rejected=last.rejected,
        candidate=last.candidate,
        guess=last.guess,
        said=(),
        heard=1.0,
    )
    turn.note(EventKind.STEP, step=last.step, flow=turn.flow.name)
    step = turn.step
    if not isinstance(step, Waiting):  # the flow has changed under the call
        turn.note(EventKind.ERROR, step=last.step, error="no question to come back to")
        turn.hang_up("error", turn.wording("error"))
        return
    turn.say(_back_to(turn, step))
    if last.phase is not Phase.CONFIRMING or last.candidate is None:
        ask_again(turn, step)
    elif last.language != turn.state.language:
        read_back_again(turn, step, last.candidate)
    else:
        turn.change(said=last.said)
        for line in last.said:
            turn.say_line(line)
        listen_for_yes(turn, step)


def read_back_again(turn: Turn, step: Waiting, candidate: Candidate) -> None:
    """The answer that was read back, in the language that is spoken now."""
    turn.change(candidate=None)
    read_back(turn, step, candidate.value, candidate.others, candidate.record)
    turn.change(candidate=candidate)


def ask_in_full(turn: Turn, step: Waiting) -> None:
    """A step's whole question, for who didn't understand a word of it."""
    turn.change(said=(), heard=1.0)
    turn.say(turn.text(step.prompt), keep=True)
    listen(turn, step)


def ask_again(turn: Turn, step: Waiting) -> None:
    """A step's question in its short form, in the language that is spoken now."""
    turn.change(said=(), heard=1.0)
    turn.say(turn.text(step.again if step.again.by_language else step.prompt), keep=True)
    listen(turn, step)


def _back_to(turn: Turn, step: Waiting) -> str:
    """Names the question ("Back to your order number."), where it is known what it is about."""
    about = turn.text(step.about) if step.about.by_language else ""
    usual = f"about_{answer_of(step)}"
    if not about and usual in VALUES:
        about = turn.wording(usual)
    return turn.wording("back_to", about=about) if about else turn.wording("go_on")
