"""The closed list of phrases that a step waits for, as an engine with a grammar wants it."""

from voxdesk.kernel.speech import AnswerKind, Expectation


def closed_phrases(expectation: Expectation) -> tuple[str, ...]:
    """Every phrase that may be said at a step with a closed list of answers, sorted.

    The step's further phrases (commands that are understood everywhere) belong to it. Empty where
    the caller may say anything.
    """
    closed = expectation.kind in (AnswerKind.CHOICE, AnswerKind.YES_NO)
    if expectation.sentences or not (closed or expectation.grammar):
        return ()
    choices = (phrase for choice in expectation.choices for phrase in choice.phrases)
    answers = [*choices, *expectation.grammar]
    if not answers:
        return ()
    return tuple(sorted({plain(phrase) for phrase in (*answers, *expectation.phrases)} - {""}))


def plain(phrase: str) -> str:
    """Lower case, single blanks: how dictionaries of recognizers write words."""
    return " ".join(phrase.lower().split())
