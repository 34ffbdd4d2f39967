"""Whether words ask something, or are a mere yes, a mere no, "nothing": in a few languages."""

import re

from dialog.understanding.words import has_han, plain, squeezed

_SMALL_EN = (
    r"(?:um+|uh+|oh|well|so|okay|ok|all right|alright|i think|i guess|it|please|now|right now|"
    r"today|for (?:now|today|me)|then|thanks|thank you|very much|so much|sir|madam|ma'am|really|"
    r"at all|you|very|that's|that is|was|i'm|i am|we're)"
)
_NO_EN = (
    r"(?:no+|nope|nah|no thanks|no thank you|nothing|none|nothing (?:else|more)|not (?:really|now)|"
    r"(?:no|i don't have|i have no|i haven't) (?:any )?(?:more |other |further )?questions?|"
    r"(?:that's|that is|that'll be|that will be|that was) (?:all|it|everything)|never mind|"
    r"(?:i'm|i am|we're) (?:good|fine|done|all set)|all (?:good|done|set)|good ?bye|bye(?: bye)?|"
    r"i don't (?:want|need) (?:to know )?(?:anything|nothing)(?: else)?)"
)
_YES_EN = r"(?:yes|yeah|yep|yup|yea|sure|of course|right|correct|exactly|i do|i did|i am|please do)"
_ONLY_EN = {
    "no": re.compile(rf"(?:(?:{_SMALL_EN}|{_NO_EN}) )*{_NO_EN} (?:(?:{_SMALL_EN}|{_NO_EN}) )*"),
    "yes": re.compile(rf"(?:(?:{_SMALL_EN}|{_YES_EN}) )*{_YES_EN} (?:(?:{_SMALL_EN}|{_YES_EN}) )*"),
}
_ASKS_EN = re.compile(
    r"^(?:(?:um+|uh+|well|so|no|and|but|okay|hi|hello|sorry|actually|i mean|excuse me) )*"
    r"(?:who|whom|whose|what|what's|when|where|which|why|how|can|could|do|does|did|is|are|am|was|"
    r"were|will|would|shall|should|may|must|have|has|isn't|aren't|don't|doesn't|won't|"
    r"i (?:want|wanted|need|would like|wonder)|i'd like|i'm (?:asking|calling)|tell me) \w"
)
_ONLY_ZH = {
    "no": re.compile(
        r"(?:嗯|哦|那|我|就|好的?|谢谢你?|不客气|现在|暂时)*"
        r"(?:不用了?|不需要了?|没有了?|没了|没事了?|没有?(?:别的|其他|什么)?问题了?|没什么了?|不|不了|"
        r"不是|就这样吧?|就这些|可以了|再见|拜拜|算了)"
        r"(?:嗯|哦|吧|了|啊|呢|谢谢你?|再见|拜拜|就这样吧?|不用了?)*"
    ),
    "yes": re.compile(
        r"(?:嗯|哦|啊)*(?:是的?|对的?|好的?|有|要|需要|没错|当然)(?:啊|呀|的|嗯|谢谢)*"
    ),
}
_ASKS_ZH = re.compile(
    r"[吗么呢]|什么|怎么|怎样|多少|多久|多长|几|哪|谁|为何|能不能|可不可以|是不是|有没有|我想|请问"
)
_LONGEST, _LONGEST_ZH = 8, 12
"""Words, or Chinese characters, of a mere reply; who says more asks something."""
_PUNCTUATION = re.compile(r"[\W_]+")


def mere_reply(text: str) -> str:
    """Whether the words are nothing but a yes or a no: that, or empty. "That's all" is a no."""
    if has_han(text):
        said, patterns = _PUNCTUATION.sub("", plain(text)), _ONLY_ZH
        longer = len(said) > _LONGEST_ZH
    else:
        said, patterns = squeezed(text) + " ", _ONLY_EN
        longer = len(said.split()) > _LONGEST
    if longer:
        return ""
    return next((value for value, pattern in patterns.items() if pattern.fullmatch(said)), "")


def is_question(text: str) -> bool:
    """Whether the words ask something, as far as their form shows it."""
    if has_han(text):
        return _ASKS_ZH.search(plain(text)) is not None
    return _ASKS_EN.match(squeezed(text)) is not None


def is_nothing(text: str) -> bool:
    """Whether the words say that nothing is wanted any more, not only that something isn't it."""
    if mere_reply(text) != "no":
        return False
    if has_han(text):
        return re.search(r"没什么|没事|算了|不用了|没问题了", plain(text)) is not None
    return re.search(r"\b(?:nothing|never mind)\b", squeezed(text)) is not None
