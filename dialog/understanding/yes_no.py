"""Yes and no, as callers say them: "yep", "that's not right", "不是", "没错"."""

import re

from dialog.understanding.words import han_only, squeezed

# Longest wording first where one contains another; polarity by list.
_NEITHER_EN = re.compile(
    r"\b(?:(?:do not|don't|dont) (?:know|understand|care)|not sure|no idea|maybe|perhaps|which one|"
    r"what do you mean|either|repeat)\b"
)
_NO_EN = re.compile(
    r"\b(?:not (?:correct|right|true|it|really|quite|exactly|at all|that|yet|okay|ok)|"
    r"(?:is not|isn't|isnt|it's not|that's not|was not|wasn't)(?: (?:correct|right|true|it|okay))?|"
    r"(?:do not|don't|dont|did not|didn't|have not|haven't|would not|wouldn't|can't|cannot)|"
    r"no way|no thank you|no thanks|nope|nah|nay|naw|no|not|negative|incorrect|wrong|"
    r"never mind|never|cancel)\b"
)
_YES_EN = re.compile(
    r"\b(?:no problem|why not|yes|yeah|yep|yup|yea|ya|aye|yah|uh huh|mm hmm|mhm|mmhmm|mm|"
    r"(?:that's|that is|it's|it is|you're|you are) (?:right|correct|true|it|okay|fine|good)|"
    r"correct|right|exactly|absolutely|definitely|certainly|indeed|sure|of course|"
    r"affirmative|please do|go ahead|go for it|okay|ok|alright|all right|fine|perfect|great|good|"
    r"i do|i am|i did|i would|i have|it is|it does|i guess so|i think so|you got it|"
    r"sounds (?:good|right)|true|please)\b"
)
# After "no" these decline politely: "no, it's fine".
_WEAK_EN = {
    "it's okay",
    "it's fine",
    "it's good",
    "that's okay",
    "that's fine",
    "that's good",
    "okay",
    "ok",
    "fine",
    "good",
    "great",
    "please",
    "right",
    "alright",
    "all right",
    "sure",
}
_ZH_NEITHER = re.compile(r"不知道|不清楚|不确定|随便|(?<!不)是不是|对不对|好不好|什么意思")
_ZH_NO = re.compile(
    r"不是|不对|不用|不要|不需要|不行|不可以|不好|不了|不想|不正确|没有|没|错了|错|否|别|算了|不"
)
_ZH_YES = re.compile(
    r"没问题|没错|不错|是的|是啊|是呀|是|对的|对啊|对|好的|好啊|好|可以|行|嗯|正确|确认|当然|"
    r"要的|要|需要|有|想|同意"
)
_ZH_YES_AT_LAST = re.compile(r"(?<![不是])(?:对的?|是的|没错)$")
_ZH_POLITE = re.compile(r"对不起|不好意思|谢谢你?|麻烦你?|请问|你好|您好")
MAX_WORDS = 12
"""A longer sentence answers yes or no only with its first word."""


def yes_no_en(text: str) -> tuple[str, float] | None:
    """The value ("yes" or "no") and how sure that is (0..1), or None."""
    said = squeezed(text)
    if _NEITHER_EN.search(said):
        return None
    found = _polarities(said, _YES_EN, _NO_EN)
    if not found:
        return None
    long = len(said.split()) > MAX_WORDS
    if long:
        return (found[0][1], 0.8) if found[0][0] == 0 else None
    strong = [entry for entry in found if entry[2] not in _WEAK_EN] or found
    polarities = {polarity for _, polarity, _ in strong}
    return strong[-1][1], 1.0 if len(polarities) == 1 else 0.7


def yes_no_zh(text: str) -> tuple[str, float] | None:
    """The value ("yes" or "no") and how sure that is (0..1), or None."""
    said = _ZH_POLITE.sub("", han_only(text))
    if _ZH_NEITHER.search(said):
        return None
    found = _polarities(said, _ZH_YES, _ZH_NO)
    if not found:
        return None
    if len(said) > MAX_WORDS:
        return (found[0][1], 0.8) if found[0][0] == 0 else None
    polarities = {polarity for _, polarity, _ in found}
    if _ZH_YES_AT_LAST.search(said):
        return "yes", 1.0 if len(polarities) == 1 else 0.7
    return found[0][1], 1.0 if len(polarities) == 1 else 0.8


def _polarities(said: str, yes: re.Pattern[str], no: re.Pattern[str]) -> list[tuple[int, str, str]]:
    """Each yes or no in order: start, polarity, wording; the longer wording wins a place."""
    matches = [(match, "yes") for match in yes.finditer(said)]
    matches += [(match, "no") for match in no.finditer(said)]
    matches.sort(key=lambda entry: (entry[0].start() - entry[0].end(), entry[0].start()))
    taken: list[tuple[int, int, str, str]] = []
    for match, polarity in matches:
        free = all(match.end() <= start or match.start() >= end for start, end, *_ in taken)
        if free:
            taken.append((match.start(), match.end(), polarity, match.group()))
    return [(start, polarity, wording) for start, _, polarity, wording in sorted(taken)]
