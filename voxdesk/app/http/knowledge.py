"""The knowledge base over HTTP: read and write its files, ask it, see what callers missed."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from crm.audit.models import Act
from crm.questions import repository
from dialog.bundle import KNOWLEDGE
from dialog.events import Search
from dialog.flow import CONFIRM_BELOW
from dialog.knowledge.file import check_knowledge, check_knowledge_file, knowledge_files
from dialog.knowledge.model import Knowledge, named
from dialog.prompts import Prompts
from dialog.template import render
from dialog.yaml_tree import MAX_BYTES
from voxdesk.app.drafts import hash_of, part_of, write_part
from voxdesk.app.http.audit import looked
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.flows import ProblemOut, TextIn, writing
from voxdesk.app.http.guard import Editor, Reader
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.knowledge.on_demand import library_for
from voxdesk.app.knowledge.unanswered import UnansweredGroup, summarize
from voxdesk.app.knowledge.users import users
from voxdesk.kernel.errors import PublishRefused
from voxdesk.kernel.worded import worded

router = APIRouter(tags=["knowledge"])
LONGEST_QUESTION: Final = 500


class KnowledgeOut(BaseModel):
    """A file in the list."""

    name: str
    languages: list[str]
    questions: int
    wordings: int = Field(description="Ways to ask them, in all languages.")
    used_by: list[str] = Field(description="Flows whose drafts use it.")
    problems: int


class KnownQuestion(BaseModel):
    """A question of a file."""

    name: str
    question: str
    wordings: dict[str, int] = Field(description="By language.")
    first: date | None = Field(description="Of the days on which it holds.")
    last: date | None
    holds: bool = Field(description="Whether it holds today.")
    asked: int = Field(description="How often it was answered.")


class KnowledgeText(BaseModel):
    """A file's text, and what is wrong with it."""

    name: str
    text: str
    hash: str = Field(description="Of the text; `replaces` of the next change.")
    problems: list[ProblemOut]


class KnowledgeIn(BaseModel):
    """A file's new text."""

    text: str = Field(max_length=MAX_BYTES)
    replaces: str = Field(
        "", max_length=64, description="Hash of the text it was made from; empty: a new file."
    )


class QuestionIn(BaseModel):
    """A question as a caller would say it."""

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    language: str = Field("en", max_length=35)
    knowledge: list[str] = Field(
        default_factory=list, max_length=50, description="Only these files; all when empty."
    )
    today: date | None = Field(None, description="The day of the call; today when left out.")


class MatchOut(BaseModel):
    """A question of the knowledge base that may be meant."""

    question: str
    confidence: float
    answer: str = Field(description="What the caller hears.")
    asks_first: str = Field(description="What they are asked before that; empty: nothing.")


class UnansweredOut(BaseModel):
    """What callers asked and nobody knew: like ones together, the most frequent first."""

    groups: list[UnansweredGroup]
    answered_now: int = Field(description="How many the knowledge as it is now would answer.")


@router.get("/knowledge")
def list_knowledge(house: AHouse, _: Reader) -> list[KnowledgeOut]:
    """Every file of config/knowledge."""
    used = users(house.flows)
    found = []
    for path in knowledge_files(_folder(house)):
        checked = check_knowledge_file(path)
        known = checked.knowledge
        found.append(
            KnowledgeOut(
                name=path.stem,
                languages=list(known.languages) if known else [],
                questions=len(known.questions) if known else 0,
                wordings=sum(
                    len(one.wordings(tag))
                    for one in known.questions.values()
                    for tag in known.languages
                )
                if known
                else 0,
                used_by=used.get(path.stem, []),
                problems=len(checked.problems),
            )
        )
    return found


@router.get("/knowledge/{name}/questions")
def questions(
    name: str, house: AHouse, _: Reader, days: Annotated[int, Query(ge=1, le=3650)] = 30
) -> list[KnownQuestion]:
    """The questions of a file, and how often callers asked them; none where it has mistakes."""
    known = _right(house).get(name)
    if known is None:
        return []
    now = house.clock.now()
    with house.database.reading() as session:
        counted = repository.counts(session, since=now - timedelta(days=days))
    return [
        KnownQuestion(
            name=question.name,
            question=question.question.template(known.languages[0]),
            wordings={tag: len(question.wordings(tag)) for tag in known.languages},
            first=question.first,
            last=question.last,
            holds=question.holds_on(now.astimezone().date()),
            asked=counted.get(reference, 0),
        )
        for reference, question in known.references()
    ]


@router.get("/knowledge/{name}")
def get_knowledge(name: str, house: AHouse, _: Reader) -> KnowledgeText:
    """The text of a file."""
    path = part_of(house.flows, KNOWLEDGE + name)
    if not path.is_file():
        raise NotThere(f"There is no knowledge {json.dumps(name)}.", case="no_knowledge", name=name)
    return _shown(name, path.read_bytes())


@router.put("/knowledge/{name}")
def put_knowledge(name: str, change: KnowledgeIn, house: AHouse, _: Editor) -> KnowledgeText:
    """Write a file. Calls know it when a flow that uses it is published.

    Two who write at once: the second one is told, by 409.
    """
    path, data = part_of(house.flows, KNOWLEDGE + name), change.text.encode()
    with writing:
        present = hash_of(path.read_bytes()) if path.is_file() else ""
        if present != change.replaces:
            raise PublishRefused(
                worded(
                    "{name} was changed meanwhile; read it again, and make your change in that.",
                    name=name,
                )
                if present
                else worded(
                    'There is no knowledge {name} yet; "replaces" must be empty.', name=name
                )
            )
        write_part(path, data)
    return _shown(name, data)


@router.post("/knowledge/{name}/check")
def check(name: str, proposed: TextIn, _: Reader) -> list[ProblemOut]:
    """What is wrong with a text that isn't written yet; nothing: an empty list."""
    return _problems(name, proposed.text.encode())


@router.post("/knowledge-matches")
def ask(asked: QuestionIn, house: AHouse, _: Reader) -> list[MatchOut]:
    """Which questions of the knowledge base a caller would mean by this, the likeliest first."""
    known = _right(house)
    missing = [name for name in asked.knowledge if name not in known]
    if missing:
        raise NotThere(f"There is no knowledge without mistakes called {json.dumps(missing[0])}.")
    known = {name: known[name] for name in asked.knowledge or known}
    if not any(asked.language in each.languages for each in known.values()):
        raise NotThere(f"Nothing is known in {json.dumps(asked.language)}.")
    day = asked.today or house.clock.now().astimezone().date()
    search = Search(0, (asked.question,), asked.language, tuple(known), day.isoformat())
    found = library_for(known, house.settings.state_dir).search(search)
    prompts = Prompts.load(house.settings.config_dir / "prompts")
    values = {"caller": {}, "today": day.isoformat(), "language": asked.language}
    matches = []
    for match in found:
        question = named(known, match.question)
        if question is None:
            continue
        wording = question.question.template(asked.language)
        is_sure = match.confidence >= CONFIRM_BELOW
        matches.append(
            MatchOut(
                question=match.question,
                confidence=match.confidence,
                answer=render(question.answer.template(asked.language), values, asked.language),
                asks_first=""
                if is_sure
                else prompts.get("did_you_mean", asked.language, question=wording),
            )
        )
    return matches


@router.get("/unanswered")
def unanswered(
    house: AHouse,
    staff: Reader,
    days: Annotated[int, Query(ge=1, le=3650)] = 30,
    language: Annotated[str, Query(max_length=35)] = "",
    flow: Annotated[str, Query(max_length=200)] = "",
) -> UnansweredOut:
    """What callers asked and nobody knew."""
    now = house.clock.now()
    with house.database.transaction() as session:
        looked(session, staff, Act.READ, of="unanswered questions", now=now)
        asked = repository.unanswered(
            session, since=now - timedelta(days=days), language=language, flow=flow
        )
    known = _right(house)
    today = now.astimezone().date().isoformat()
    found = summarize(asked, library_for(known, house.settings.state_dir), known, today)
    return UnansweredOut(groups=list(found.groups), answered_now=found.answered_now)


def _folder(house: House) -> Path:
    return house.settings.config_dir / "knowledge"


def _right(house: House) -> dict[str, Knowledge]:
    """Every file without mistakes."""
    checked = [check_knowledge_file(path) for path in knowledge_files(_folder(house))]
    return {
        each.knowledge.name: each.knowledge
        for each in checked
        if each.knowledge is not None and not each.problems
    }


def _problems(name: str, data: bytes) -> list[ProblemOut]:
    checked = check_knowledge(data, name=name, path=f"{name}.yaml")
    return [ProblemOut.of(problem) for problem in checked.problems]


def _shown(name: str, data: bytes) -> KnowledgeText:
    return KnowledgeText(
        name=name,
        text=data.decode(errors="replace"),
        hash=hash_of(data),
        problems=_problems(name, data),
    )
