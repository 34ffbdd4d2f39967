"""Were these words meant for us, or did they only happen while a prompt played? Pure."""

import enum
import re
from datetime import date

from rapidfuzz import fuzz

from dialog.understanding import command, is_backchannel, understand
from dialog.understanding.choices import spoken_at
from dialog.understanding.words import squeezed
from voxdesk.kernel.speech import AnswerKind, BargeIn, Expectation, Transcript

# Past this share of a prompt the caller knows the question, and "okay" may be an answer.
QUESTION_KNOWN = 0.7
ECHO_WORDS = 3
ECHO_LIKENESS = 88.0
# Of 60 real telephone turns those of several words were 0.48 sure and more, 2 of the single words
# less than 0.25. What a recognizer finds in a full restaurant was at most 0.28 sure.
MADE_UP_BELOW = 0.25
SENTENCE_WORDS = 3
SENTENCE_MADE_UP_BELOW = 0.4
# What Whisper writes when it hears a murmuring crowd; said by somebody it is surer than this.
INVENTED = frozenset({"thank you", "thank you very much", "thanks for watching", "you", "bye"})
INVENTED_BELOW = 0.6
# "Mm-hm" has many spellings, and all are short; whoever wants to interrupt with words that no step
# waits for needs longer than this.
MURMUR_S = 0.5
MURMUR_WORDS = 2
LONG_S = 60.0

TYPED = set(AnswerKind) - {AnswerKind.NONE, AnswerKind.FREE}


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
    speech_s: float = LONG_S,
    today: date | None = None,
) -> Verdict:
    """Decide on a turn, or on the words of it so far.

    Args:
        transcript: what was recognized.
        expectation: what the step waits for.
        mode: what may stop the prompt that was playing; None when none was.
        prompt: text of that prompt.
        prompt_heard: share of it that the caller had heard.
        speech_s: how long the caller spoke.
        today: what relative dates count from.
    """
    text = transcript.text.strip()
    expected = (
        command(text, expectation.language) is not None
        or bool(spoken_at(text, expectation.asides))
        or squeezed(text) in {squeezed(phrase) for phrase in expectation.phrases}
        or (
            expectation.kind in TYPED
            and understand(transcript, expectation, today=today) is not None
        )
    )
    invented = text.casefold().strip(" .,!?") in INVENTED
    sentence = len(_words(text)) >= SENTENCE_WORDS
    made_up_below = SENTENCE_MADE_UP_BELOW if sentence else MADE_UP_BELOW
    doubt = INVENTED_BELOW if invented else made_up_below
    if not text or (not expected and transcript.confidence < doubt):
        return Verdict.NOISE
    if mode is None:
        return Verdict.MEANT
    if mode is BargeIn.KEYWORDS and not expected:
        return Verdict.NOT_EXPECTED
    question_known = prompt_heard >= QUESTION_KNOWN
    listening = is_backchannel(text, expectation.language) and not (expected and question_known)
    murmur = speech_s <= MURMUR_S or _murmured(transcript, expectation.language)
    if listening or (murmur and not expected):
        return Verdict.BACKCHANNEL
    free = expectation.kind not in TYPED
    if not expected and _repeats(text, prompt, free=free):
        return Verdict.ECHO
    return Verdict.MEANT


def _murmured(transcript: Transcript, language: str) -> bool:
    """A word or two that may have been a murmur: recognizers spell those in many ways."""
    return len(transcript.text.split()) <= MURMUR_WORDS and any(
        is_backchannel(hypothesis.text, language) for hypothesis in transcript.hypotheses
    )


def _repeats(text: str, prompt: str, *, free: bool) -> bool:
    """Whether these words are out of our own mouth; few ones count where they are no answer."""
    said, ours = _words(text), _words(prompt)
    if len(said) >= ECHO_WORDS:
        return fuzz.partial_ratio(text.casefold(), prompt.casefold()) >= ECHO_LIKENESS
    return not free and any(
        all(
            fuzz.ratio(heard, own) >= ECHO_LIKENESS
            for heard, own in zip(said, ours[at:], strict=False)
        )
        for at in range(len(ours) - len(said) + 1)
    )


def _words(text: str) -> list[str]:
    """Each character of a script without spaces is one."""
    return re.findall(r"[\u2e80-\u9fff]|[^\W\u2e80-\u9fff]+", text.casefold())
