"""Sounds of listening: said while a prompt plays, they are no answer."""

import re

from dialog.understanding.words import han_only, primary, squeezed

_EN = re.compile(
    r"^(?:(?:uh huh|uhhuh|uh|um|m+ ?h+m+|mhm|h+m+|mm+|mmhmm|ah+|oh|aha|okay|ok|yeah|yep|yes|right|"
    r"i see|got it|sure|alright|all right|gotcha|cool|interesting|great|good|fine|thanks|"
    r"thank you|you know|huh|really|wow|exactly) ?)+$"
)
_ZH = re.compile(
    r"^(?:嗯|哦|噢|喔|啊|唔|哎|诶|呃|好的?|对的?|是的?|行|知道了?|明白了?|了解|这样啊?|谢谢)+$"
)
_LONGEST = 4
_LONGEST_ZH = 6


def is_backchannel(text: str, language: str = "en") -> bool:
    """Whether these words only show that the caller listens ("uh huh", "okay", 嗯).

    Ask `understand` first where the step waits for yes or no: there "yeah" is an answer.
    """
    if primary(language) == "zh":
        said = han_only(text)
        return len(said) <= _LONGEST_ZH and _ZH.match(said) is not None
    said = squeezed(text)
    return len(said.split()) <= _LONGEST and _EN.match(said) is not None
