"""Scorecards over HTTP, as their files are now."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from crm.scores.scorecard import Scale, Scorecard, as_data
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.flows import ProblemOut
from voxdesk.app.http.guard import Listener
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.scorecards.reading import (
    CheckedScorecard,
    check_scorecard_file,
    scorecard_files,
)
from voxdesk.kernel.errors import ScorecardError

router = APIRouter(tags=["scores"])
Texts = dict[str, str]


class QuestionOut(BaseModel):
    """One thing that is judged. Texts are by language."""

    name: str
    ask: Texts
    scale: Scale
    points: int = Field(description="The most that can be given, on the scale of points; else 0.")
    weight: float
    not_applicable: bool = Field(description="It may be left out of a call.")
    fatal: bool = Field(description="The worst answer makes the whole score 0.")
    good: int = Field(description="The better answer of yes (1) and no (0).")
    guidance: Texts | None


class SectionOut(BaseModel):
    """Questions that belong together."""

    name: str
    title: Texts
    weight: float
    questions: list[QuestionOut]


class ScorecardOut(BaseModel):
    """A scorecard."""

    name: str
    version: str = Field(description="Hash of its text.")
    languages: list[str]
    title: Texts
    description: Texts | None
    passed_from: float | None
    sections: list[SectionOut]

    @classmethod
    def of(cls, card: Scorecard) -> "ScorecardOut":
        """As it was read."""
        return cls.model_validate(as_data(card))


class ScorecardInList(BaseModel):
    """A file in the list; with problems it can't be used."""

    name: str
    version: str
    title: Texts
    description: Texts | None
    questions: int
    problems: list[ProblemOut]

    @classmethod
    def of(cls, checked: CheckedScorecard) -> "ScorecardInList":
        """As it was read."""
        card = checked.scorecard
        return cls(
            name=checked.name,
            version=card.version if card else "",
            title=dict(card.title) if card else {},
            description=dict(card.description) if card and card.description else None,
            questions=len(list(card.questions())) if card else 0,
            problems=[ProblemOut.of(problem) for problem in checked.problems],
        )


@router.get("/scorecards")
def scorecards(house: AHouse, _: Listener) -> list[ScorecardInList]:
    """The scorecards that there are, by name, and what is wrong with them."""
    files = scorecard_files(house.settings.config_dir)
    return [ScorecardInList.of(check_scorecard_file(path)) for path in files]


@router.get("/scorecards/{name}")
def scorecard(name: str, house: AHouse, _: Listener) -> ScorecardOut:
    """One, as scorings that begin now use it. 422 when its file has mistakes."""
    return ScorecardOut.of(usable(house, name)[0])


def usable(house: House, name: str) -> tuple[Scorecard, str]:
    """A scorecard and its file's text.

    Raises:
        NotThere: there is no such file.
        ScorecardError: it has mistakes; the message is the whole report.
    """
    checked = present(house, name)
    if checked is None:
        raise NotThere(
            f'There is no scorecard "{name[:64]}" in config/scorecards.',
            case="no_scorecard",
            name=name[:64],
        )
    if checked.usable is None:
        raise ScorecardError(checked.report)
    return checked.usable, checked.data.decode("utf-8-sig")


def present(house: House, name: str) -> CheckedScorecard | None:
    """The file of this name, if there is one; only names of files that are there reach the disk."""
    for path in scorecard_files(house.settings.config_dir):
        if path.stem == name:
            return check_scorecard_file(path)
    return None
