"""Were these words meant for us, or did they only happen while a prompt played? Pure."""

import enum
from datetime import date

from rapidfuzz import fuzz

from dialog.understanding import command, is_backchannel, understand
from voxdesk.kernel.speech import AnswerKind, BargeIn, Expectation, Transcript

# Past this share of a prompt the caller knows the question, and "okay" may be an answer.
QUESTION_KNOWN = 0.7
ECHO_WORDS = 3
ECHO_LIKENESS = 88.0
# Of 60 real telephone turns 58 were surer than this, the others single words; what a recognizer
# finds in a full restaurant stays below 0.2, or is nothing that is expected.
MADE_UP_BELOW = 0.25

TYPED = {
    AnswerKind.YES_NO,
    AnswerKind.CHOICE,
    AnswerKind.DIGITS,
    AnswerKind.ORDER_NUMBER,
    AnswerKind.DATE,
}


class Verdict(enum.StrEnum):
    """What becomes of a turn. Everything but MEANT lets the prompt go on."""

    MEANT = "meant"
    NOISE = "noise"
    BACKCHANNEL = "backchannel"
    ECHO = "echo"
    NOT_EXPECTED = "not_expected"


def judge(
    transcript: Transcript,
    expectation: Expectation,
    *,
    mode: BargeIn | None = None,
    prompt: str = "",
    prompt_heard: float = 1.0,
    today: date | None = None,
) -> Verdict:
    """Decide on a turn, or on the words of it so far.

    Args:
        transcript: what was recognized.
        expectation: what the step waits for.
        mode: what may stop the prompt that was playing; None when none was.
        prompt: text of that prompt.
        prompt_heard: share of it that the caller had heard.
        today: what relative dates count from.
    """
    text = transcript.text.strip()
    expected = command(text, expectation.language) is not None or (
        expectation.kind in TYPED and understand(transcript, expectation, today=today) is not None
    )
    if not text or (not expected and transcript.confidence < MADE_UP_BELOW):
        return Verdict.NOISE
    if mode is None:
        return Verdict.MEANT
    if mode is BargeIn.KEYWORDS and not expected:
        return Verdict.NOT_EXPECTED
    question_known = prompt_heard >= QUESTION_KNOWN
    if is_backchannel(text, expectation.language) and not (expected and question_known):
        return Verdict.BACKCHANNEL
    if not expected and _repeats(text, prompt):
        return Verdict.ECHO
    return Verdict.MEANT


def _repeats(text: str, prompt: str) -> bool:
    if len(text.split()) < ECHO_WORDS:
        return False
    return fuzz.partial_ratio(text.casefold(), prompt.casefold()) >= ECHO_LIKENESS
