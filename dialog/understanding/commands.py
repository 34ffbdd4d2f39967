"""What callers may say at any step: repeat, go back, start over, a person, one moment."""

import enum
import re

from dialog.understanding.words import han_only, primary, squeezed


class Command(enum.StrEnum):
    """A global command."""

    REPEAT = "repeat"
    BACK = "back"
    START_OVER = "start_over"
    PERSON = "person"
    WAIT = "wait"


PHRASES: dict[str, dict[Command, tuple[str, ...]]] = {
    "en": {
        Command.REPEAT: ("repeat", "repeat that", "say that again"),
        Command.BACK: ("go back", "back"),
        Command.START_OVER: ("start over", "main menu"),
        Command.PERSON: ("agent", "operator", "person", "representative", "speak to a person"),
    },
    "zh": {
        Command.REPEAT: ("重复", "再说一遍"),
        Command.BACK: ("返回", "上一步"),
        Command.START_OVER: ("重新开始", "主菜单"),
        Command.PERSON: ("人工", "转人工", "人工客服"),
    },
}
"""The usual wordings by language, for a recognizer's expectation; more are understood."""

_FILL = (
    r"(?:(?:um+|uh+|er|oh|well|so|okay|ok|hey|hi|hello|sorry|no|please|just|can|could|would|will|"
    r"you|i|i'd|we|let's|lets|want|wanna|like|need|to|me|i'm|am|get|a|an|the|now|kindly|yes|yeah|"
    r"may|back|again|thanks|thank|for|my|i'll|let|have|give|go|put|through|with|on|at|right) )*"
)
_PEOPLE = (
    r"(?:agent|agents|operator|person|human|human being|representative|rep|real person|"
    r"live person|live agent|real human|human agent|actual person|somebody|someone|advisor|"
    r"adviser|assistant|staff member|member of staff|customer service|customer support|"
    r"support agent|service agent|supervisor|manager|receptionist|people)"
)
_END = r"(?: (?:please|now|thanks|thank you|again|instead|real quick|for me|here|right now|sir))*$"
_ENGLISH = (
    (
        Command.REPEAT,
        re.compile(
            "^" + _FILL + r"(?:repeat(?: (?:that|it|this|yourself|the (?:question|menu|options)|"
            r"what you (?:just )?said))?|say (?:that|it|this)? ?(?:again|once more|one more time)|"
            r"(?:one more time|once more|once again)|again|pardon(?: me)?|come again|excuse me|"
            r"what(?: was that| did you say| is that)?|what was the question|sorry what|"
            r"(?:i )?(?:didn't|did not|couldn't|can't) (?:hear|catch|get|understand)(?: .{0,20})?|"
            r"hear (?:that|it) again|beg your pardon|sorry)" + _END
        ),
    ),
    (
        Command.WAIT,
        re.compile(
            "^" + _FILL + r"(?:hold on|hang on|wait|(?:one|a) (?:moment|second|sec|minute)|"
            r"bear with me|(?:me )?(?:see|check|think|look|find (?:it|that)|get (?:it|that)))"
            r"(?: (?:a|one) (?:moment|second|sec|minute))?" + _END
        ),
    ),
    (
        Command.BACK,
        re.compile(
            "^" + _FILL + r"(?:go back|back|previous(?: (?:step|menu|question|one))?|"
            r"step back|(?:go )?(?:back )?to the previous .{1,12}|one step back|last menu)" + _END
        ),
    ),
    (
        Command.START_OVER,
        re.compile(
            "^" + _FILL + r"(?:start over|start again|start from scratch|restart|begin again|"
            r"(?:take me )?(?:back to |go to |to )?(?:the )?(?:main menu|beginning)|"
            r"from the (?:beginning|start|top)|"
            r"start from the (?:beginning|start|top)|start afresh)" + _END
        ),
    ),
    (
        Command.PERSON,
        re.compile(
            "^"
            + _FILL
            + r"(?:(?:speak|talk|speaking|talking|transfer|transferred|connect|connected|"
            r"chat|call|reach|switch|forward)?(?: me)?(?: (?:to|with|through to|over to))?"
            r"(?: (?:a|an|the|some|another|your|one of your))? ?(?:real |live |human )?"
            + _PEOPLE
            + r"(?: (?:to (?:talk|speak) to|on the (?:phone|line)|who can help(?: me)?))?)"
            + _END
        ),
    ),
)
_EMBEDDED_PERSON = re.compile(
    r"\b(?:speak|talk|transfer|connect|put|get)\b.{0,24}\b(?:agent|operator|person|human|"
    r"representative|somebody|someone|customer (?:service|support)|people)\b"
)
_CHINESE = (
    (
        Command.PERSON,
        re.compile(
            r"人工|(?:转|找|接|要)(?:到|个|一个|一下)?(?:客服|真人|活人|专员|坐席|座席)|真人|接线员|和人说话|跟人说话"
        ),
    ),
    (
        Command.START_OVER,
        re.compile(r"重新开始|从头(?:开始|再来|来)|回?(?:到)?主菜单|重来一次|重新来"),
    ),
    (
        Command.REPEAT,
        re.compile(
            r"重复|再说一?[遍次下]|再讲一?[遍次]|没听清|没听见|没听懂|听不清|你说什么|再来一遍|说什么$|什么$"
        ),
    ),
    (
        Command.WAIT,
        re.compile(
            r"^(?:请|麻烦)?(?:等等|等一下|等会儿?|稍等|等我|我看看|让我想想|我找一下|我查一下)"
        ),
    ),
    (Command.BACK, re.compile(r"返回|上一步|上一级|上一层|回去|退回|后退")),
)
_LONGEST_ZH = 14


def command(text: str, language: str = "en", *, closed: bool = True) -> Command | None:
    """The global command that the words are, or None.

    Args:
        text: what was said.
        language: BCP 47.
        closed: whether the step waits for one of a few answers; then a wish for a person counts
            inside a longer sentence too. In free speech only words that are nothing else count.
    """
    if primary(language) == "zh":
        said = han_only(text)
        if len(said) > _LONGEST_ZH:
            return None
        found = (name for name, pattern in _CHINESE if pattern.search(said))
        return next(found, None)
    said = squeezed(text)
    for name, pattern in _ENGLISH:
        if pattern.match(said):
            return name
    if closed and _EMBEDDED_PERSON.search(said):
        return Command.PERSON
    return None
