"""A caller asks for another language: it is spoken from then on, and kept with a known caller."""

from dialog.coming_back import ask_again, ask_in_full, read_back_again
from dialog.flow import Waiting
from dialog.listening import answer_of
from dialog.state import Phase
from dialog.turn import Turn
from dialog.understanding.language_wish import Wish, language_wish
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import AnswerKind, Transcript


def wished(turn: Turn, step: Waiting, transcript: Transcript) -> Wish | None:
    """The language that the words ask for. In free speech a mere name of one may be the answer."""
    wish = language_wish(transcript.text, turn.prompts.language_names)
    free = answer_of(step) is AnswerKind.FREE
    return wish if wish is not None and (wish.plainly or not free) else None


def change_language(turn: Turn, step: Waiting, wish: Wish) -> None:
    """Speak it, where the flow has it, and ask again what was asked."""
    turn.note(EventKind.UNDERSTOOD, step=step.name, command="language", value=wish.language)
    if wish.language not in turn.languages:
        turn.say(turn.wording("language_unavailable"))
        ask_again(turn, step)
        return
    if wish.language != turn.state.language:
        turn.change(language=wish.language)
        turn.note(EventKind.LANGUAGE, language=wish.language)
        turn.say(turn.wording("language_changed"))
    if turn.state.phase is Phase.CONFIRMING and turn.state.candidate is not None:
        read_back_again(turn, step, turn.state.candidate)
    else:
        ask_in_full(turn, step)
