# ruff: noqa: RUF001, RUF002  Chinese text is Chinese

"""What callers want instead, who say more than no: "no, I want to cancel it"."""

import re

from dialog.understanding.asking import mere_reply
from dialog.understanding.words import han_only, has_han, plain, squeezed

_FILLER_EN = r"(?:um+|uh+|oh|well|so|sorry|actually|wait|but|and|ah|please|hang on|hold on)"
_DENIED_EN = (
    r"(?:(?:that's|that is|it's|it is|this is|that was|it was) )?"
    r"(?:not (?:right|correct|true|quite|really|exactly|at all|it|that(?: one)?|this(?: one)?|"
    r"what i (?:want(?:ed)?|said|meant?|asked(?: for)?))|wrong|incorrect|false|untrue)|"
    r"(?:that|it|this) (?:isn't|is not|wasn't|was not) "
    r"(?:right|correct|true|it|what i (?:want(?:ed)?|said|meant?|asked(?: for)?))|"
    r"i (?:didn't|did not|don't|do not) (?:say|mean|want|ask for) (?:that|it|this)"
)
_NO_EN = re.compile(
    rf"(?:{_FILLER_EN} )*"
    r"(?:no(?! (?:longer|more|one|problem|need|idea|doubt|matter|way)\b)|nope|nah|wrong|incorrect|"
    rf"{_DENIED_EN})\b ?"
    rf"(?:(?:no|nope|{_DENIED_EN}|{_FILLER_EN}|(?:i (?:mean|meant|said)))\b ?)*"
)
# "No, don't cancel it" is a no with its reason, and no wish to cancel.
_REASON_EN = re.compile(
    r"(?:(?:i|we|you|it|that|they) )?(?:don't|do not|didn't|did not|won't|wouldn't|would not|can't|"
    r"cannot|not|never|no|without|leave|keep|isn't|aren't|thank|thanks)\b"
)
_NO_ZH = re.compile(
    r"^(?:[嗯呃啊哦]|不好意思|抱歉|对不起|[,，。、\s])*"
    r"(?:(?:不是(?:的|这个|那个)?|不对|错了|说错了|没有|不要(?=[,，。、\s])|不(?=[,，。、\s]|我|是我))"
    r"[,，。、\s了啊呀的]*)+"
)
_REASON_ZH = re.compile(r"^(?:我)?(?:不|别|没|保留|谢谢)")
_LEAST_ZH = 2


def after_no(text: str) -> str:
    """The words behind a no that say what is wanted; empty when they only say no, or why.

    >>> after_no("No, that's wrong, I want to cancel it")
    'i want to cancel it'
    >>> after_no("no thanks"), after_no("no, don't cancel it"), after_no("no longer")
    ('', '', '')
    >>> after_no("不是，我要取消订单")
    '我要取消订单'
    """
    if has_han(text):
        found = _NO_ZH.match(plain(text))
        rest = han_only(plain(text)[found.end() :]) if found else ""
        is_reason = _REASON_ZH.match(rest) is not None or len(rest) < _LEAST_ZH
    else:
        said = squeezed(text)
        found = _NO_EN.match(said)
        rest = said[found.end() :].strip() if found else ""
        is_reason = _REASON_EN.match(rest) is not None
    return "" if not rest or is_reason or mere_reply(rest) else rest
