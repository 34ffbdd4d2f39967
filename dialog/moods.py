"""How the caller feels in a call: their words, what failed so far, and what follows from it."""

import dataclasses
import zlib

from dialog.flow import Waiting
from dialog.turn import Turn
from dialog.understanding.feeling import Feeling, feeling
from dialog.understanding.feeling.felt import UPSET_FROM
from dialog.understanding.words import has_han, squeezed, tokens
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import Transcript

FADES = 0.6
"""Share of a feeling that is left after words without it; a strong one lasts for another turn."""
A_FEW_WORDS, A_FEW_ZH = 3, 4
"""A mere answer ("yes please", "4711") doesn't show that a feeling has gone."""
A_TRY, MOST_TRIES = 0.15, 0.45
"""How surely somebody is frustrated whom we didn't understand: for each try, and at most."""
REPEATED = 0.3
"""How surely somebody is who says the same words again, because we didn't understand them."""
MAX_PRIORITY = 100


def feel(turn: Turn, step: Waiting, transcript: Transcript) -> None:
    """Take in what the caller's words show. What is said at a sensitive step leaves no trace."""
    if not transcript.text:
        return
    before = turn.state.mood
    felt = feeling(transcript.text)
    words = 0 if step.sensitive else _checksum(transcript.text)
    upset = felt.upset
    if felt.feeling is not Feeling.PLEASED:
        tries = min(MOST_TRIES, A_TRY * turn.state.no_match)
        again = REPEATED if words and words == before.words and turn.state.no_match else 0.0
        upset = round(1.0 - (1.0 - upset) * (1.0 - tries) * (1.0 - again), 3)
    now = felt.feeling
    if now is Feeling.CALM and upset >= UPSET_FROM:
        now = Feeling.FRUSTRATED
    turn.upset = now in {Feeling.FRUSTRATED, Feeling.ANGRY}
    if now is not Feeling.CALM and not step.sensitive:
        strength = upset if turn.upset else felt.strength
        turn.note(EventKind.FEELING, step=step.name, feeling=str(now), strength=strength)
    fades = FADES if _says_much(transcript.text) else 1.0
    left = round(before.upset * fades, 3)
    lasts = now is Feeling.CALM and left >= UPSET_FROM
    turn.change(
        mood=dataclasses.replace(
            before,
            feeling=before.feeling if lasts else str(now),
            upset=upset if now is Feeling.PLEASED else max(upset, left),
            times=before.times + turn.upset,
            words=words,
        )
    )


def soothe(turn: Turn) -> None:
    """Soothing words, the first time that somebody is upset, where the flow wants that."""
    care = turn.flow.when_upset
    if care is None or not turn.upset or turn.state.mood.times > 1:
        return
    own = turn.text(care.soothe) if care.soothe else ""
    turn.say(own or turn.wording("soothe"))
    turn.soothed = True


def raised(turn: Turn, priority: int) -> int:
    """The priority of a queue for this caller."""
    care = turn.flow.when_upset
    if care is None or not turn.state.mood.times:
        return priority
    return max(priority, min(MAX_PRIORITY, priority + care.priority))


def _says_much(text: str) -> bool:
    return len(text) > A_FEW_ZH if has_han(text) else len(tokens(text)) > A_FEW_WORDS


def _checksum(text: str) -> int:
    """Of words that say something; 0 of a single one, which anybody may say twice."""
    several = len(tokens(text)) > 1 or has_han(text)
    return zlib.crc32(squeezed(text).encode()) if several else 0
