"""Questions without an answer as staff read them: grouped, and without what is answered by now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.questions.repository import Unanswered
from dialog.events import Search
from dialog.knowledge.grouping import grouped
from dialog.knowledge.library import SURE, Library
from dialog.knowledge.model import Knowledge
from dialog.understanding.intents.encoders import encoder_for
from recordings.redaction import redact
from voxdesk.kernel.errors import ModelMissing


@dataclass(frozen=True, slots=True)
class UnansweredGroup:
    """Questions that mean about the same and have no answer.

    Attributes:
        count: how often they were asked.
        calls: in how many calls.
        language: primary tag.
        texts: different wordings as they may be shown, the most frequent first.
        last: when one of them was asked last.
        flows: that they were said to.
        nearest: the question of the knowledge base that is most like them; empty: none is.
    """

    count: int
    calls: int
    language: str
    texts: tuple[str, ...]
    last: datetime
    flows: tuple[str, ...]
    nearest: str


@dataclass(frozen=True, slots=True)
class UnansweredQuestions:
    """All of them; `answered_now` are those that the knowledge as it is now would answer."""

    groups: tuple[UnansweredGroup, ...]
    answered_now: int


def summarize(
    asked: Sequence[Unanswered], library: Library, knowledge: Mapping[str, Knowledge], today: str
) -> UnansweredQuestions:
    """What staff should look at.

    Args:
        asked: as the CRM has them.
        library: of the knowledge as it is now.
        knowledge: the same.
        today: ISO date.
    """
    groups: list[UnansweredGroup] = []
    answered = 0
    for language in dict.fromkeys(one.language for one in asked):
        own = [one for one in asked if one.language == language]
        try:
            encode = encoder_for(language).encode
        except ModelMissing:
            encode = None
        nearest: dict[str, str] = {}
        open_: list[Unanswered] = []
        for one in own:
            if one.text not in nearest:
                search = Search(0, (one.text,), language, tuple(knowledge), today)
                best = next(iter(library.search(search)), None)
                nearest[one.text] = best.question if best else ""
                if best and best.confidence >= SURE:
                    nearest[one.text] = "!"
            if nearest[one.text] == "!":
                answered += 1
            else:
                open_.append(one)
        for group in grouped([one.text for one in open_], encode):
            members = [open_[place] for place in group.places]
            near = [nearest[one.text] for one in members if nearest[one.text]]
            groups.append(
                UnansweredGroup(
                    count=len(members),
                    calls=len({one.call_id for one in members}),
                    language=language,
                    texts=tuple(dict.fromkeys(redact(t, language).text for t in group.texts)),
                    last=max(one.asked_at for one in members),
                    flows=tuple(dict.fromkeys(one.flow for one in members)),
                    nearest=max(near, key=near.count) if near else "",
                )
            )
    return UnansweredQuestions(
        tuple(sorted(groups, key=lambda group: (-group.calls, -group.count))), answered
    )
