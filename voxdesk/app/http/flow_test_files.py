"""The file of tests beside a draft over HTTP: read, write, check; and a talk added as a test."""

from pathlib import Path

from fastapi import APIRouter
from pydantic import BaseModel, Field

from dialog.flow_tests.reading import check_tests, file_of_tests
from dialog.trying.as_test import with_test
from dialog.trying.moves import Talk
from dialog.trying.trial import Trial
from dialog.yaml_tree import MAX_BYTES
from voxdesk.app.drafts import hash_of, path_of, read_draft, write_part
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.flows import ProblemOut, TextIn, writing
from voxdesk.app.http.guard import Editor, Reader
from voxdesk.app.http.house import AHouse, House, runnable
from voxdesk.app.http.trials import dialogue_of_talk
from voxdesk.kernel.errors import FlowError, PublishRefused
from voxdesk.kernel.worded import worded

router = APIRouter(tags=["flow tests"])


class TestFileOut(BaseModel):
    """The tests beside a draft, and what is wrong with them; empty where there are none yet."""

    name: str
    text: str
    hash: str = Field(description="Of the text; `replaces` of the next change. Empty: no file.")
    problems: list[ProblemOut]


class TestFileIn(BaseModel):
    """New text of a file of tests."""

    text: str = Field(max_length=MAX_BYTES)
    replaces: str = Field("", max_length=64, description="Hash of what it was made from.")


class TalkIn(BaseModel):
    """A talk that shall be a test."""

    name: str = Field(min_length=1, max_length=120)
    talk: Talk


@router.get("/flows/{flow}/test-file")
def read(flow: str, house: AHouse, _: Reader) -> TestFileOut:
    """The file of tests."""
    return _shown(house, flow, _path(house, flow))


@router.put("/flows/{flow}/test-file")
def write(flow: str, change: TestFileIn, house: AHouse, _: Editor) -> TestFileOut:
    """Write it. Two who write at once: the second one is told, by 409."""
    path = _path(house, flow)
    with writing:
        _demand_same(path, change.replaces)
        write_part(path, change.text.encode())
    return _shown(house, flow, path)


@router.post("/flows/{flow}/test-file/check")
def check(flow: str, proposed: TextIn, house: AHouse, _: Reader) -> list[ProblemOut]:
    """What is wrong with a text that isn't written yet; nothing: an empty list."""
    _path(house, flow)
    return _problems(house, flow, proposed.text.encode())


@router.post("/flows/{flow}/test-file/talks")
def add(flow: str, wanted: TalkIn, house: AHouse, _: Editor) -> TestFileOut:
    """Add a talk as a test: what the caller did, and what must be heard."""
    path = _path(house, flow)
    trial = Trial.resumed(dialogue_of_talk(house, wanted.talk), wanted.talk)
    with writing:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        write_part(path, with_test(text, wanted.name, trial, path=path.name).encode())
    return _shown(house, flow, path)


def _path(house: House, flow: str) -> Path:
    draft = path_of(house.flows, flow)
    if not draft.exists():
        raise NotThere(f"There is no draft of {flow}.", case="no_draft", flow=flow)
    return file_of_tests(draft)


def _demand_same(path: Path, replaces: str) -> None:
    present = hash_of(path.read_bytes()) if path.is_file() else ""
    if present != replaces:
        raise PublishRefused(
            worded(
                "{name} was changed meanwhile; read it again, and make your change in that.",
                name=path.name,
            )
        )


def _shown(house: House, flow: str, path: Path) -> TestFileOut:
    data = path.read_bytes() if path.is_file() else b""
    return TestFileOut(
        name=path.name,
        text=data.decode(errors="replace"),
        hash=hash_of(data) if data else "",
        problems=_problems(house, flow, data) if data else [],
    )


def _problems(house: House, flow: str, data: bytes) -> list[ProblemOut]:
    try:
        tested = runnable(flow, read_draft(house.flows, flow).data, house.settings)
    except FlowError:
        return []  # the flow itself has to be mended first; its own page says what is wrong
    checked = check_tests(data, tested, path="", catalogue=house.catalogue)
    return [ProblemOut.of(problem) for problem in checked.problems]
