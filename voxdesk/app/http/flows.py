"""Drafts of flows over HTTP: list, read, write, check, test."""

import json
import threading
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from dialog.catalogue import Catalogue
from dialog.file_keys import shown_path
from dialog.flow_file import Checked, check_text
from dialog.flow_problems import Problem
from dialog.flow_schema import flow_schema
from dialog.flow_sources import Folder
from dialog.flow_tests.reading import file_of_tests
from dialog.yaml_tree import MAX_BYTES
from voxdesk.app import publishing
from voxdesk.app.drafts import Draft, draft_files, path_of, read_draft, write_draft
from voxdesk.app.flow_test_runs import as_data, run_tests
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.flow_answers import TestRun
from voxdesk.app.http.flow_live import EngineFlow, flows_of_engine
from voxdesk.app.http.guard import Editor, Reader
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.http.worded import WordedOut
from voxdesk.app.outside.reading import load_catalogue
from voxdesk.kernel.errors import PublishRefused
from voxdesk.kernel.worded import worded

router = APIRouter(tags=["flows"])
testing: Final = threading.Semaphore(1)
"""Tests use all of a processor; a second request waits, so that others are answered."""
writing: Final = threading.Lock()
checking: Final = threading.Lock()
MOST_KEPT: Final = 32
"""Drafts whose check is kept."""
_kept: Final[dict[tuple[bytes, str, str], tuple[Catalogue, Checked]]] = {}


class ProblemOut(BaseModel):
    """Something that is wrong with a flow's text."""

    line: int
    column: int = Field(description="From 1; 0 where it isn't known.")
    text: str
    hint: str
    worded: WordedOut = Field(description="The text, for other languages.")
    hint_worded: WordedOut = Field(description="The hint, likewise.")
    file: str = Field(description="Where it is, when that is a subflow's file; else empty.")

    @classmethod
    def of(cls, problem: Problem) -> "ProblemOut":
        """As the check found it."""
        return cls(
            line=int(problem.line),
            column=problem.column,
            text=problem.text,
            hint=problem.hint,
            worded=WordedOut.of(problem.text),
            hint_worded=WordedOut.of(problem.hint),
            file=problem.path,
        )


class FlowOut(BaseModel):
    """A flow in the list."""

    name: str
    has_draft: bool
    base: int = Field(description="The version that the draft was made from; 0: none.")
    live: int = Field(description="The version that calls run; 0: it was never published.")
    is_changed: bool = Field(description="Whether the draft differs from what is live.")
    problems: int
    languages: list[str] = Field(description="Of the draft; none where it can't be read.")
    steps: int = Field(description="Of the draft; 0 where it can't be read.")
    engine: EngineFlow | None = Field(description="None: no engine runs on this machine.")


class DraftOut(BaseModel):
    """A draft, and what is wrong with it."""

    name: str
    text: str
    hash: str = Field(
        description="Of the text and the subflows that it runs; `replaces` of the next change."
    )
    base: int
    problems: list[ProblemOut]


class TextIn(BaseModel):
    """The text of a flow."""

    text: str = Field(max_length=MAX_BYTES)


class DraftIn(TextIn):
    """A draft's new text."""

    replaces: str = Field(
        "", max_length=64, description="Hash of the draft it was made from; empty: a new flow."
    )


@router.get("/flows")
def list_flows(house: AHouse, _: Reader) -> list[FlowOut]:
    """Every flow: those with a draft, and those that were published."""
    live = {version.flow: version for version in publishing.published_flows(house.database)}
    drafts = {path.stem: read_draft(house.flows, path.stem) for path in draft_files(house.flows)}
    engine = flows_of_engine(house)
    found = []
    for name in sorted({*live, *drafts}):
        draft, version = drafts.get(name), live.get(name)
        checked = _checked(draft) if draft else None
        flow = checked.flow if checked else None
        found.append(
            FlowOut(
                name=name,
                has_draft=draft is not None,
                base=draft.base if draft else 0,
                live=version.number if version else 0,
                is_changed=bool(draft and (version is None or draft.hash != version.hash)),
                problems=len(checked.problems) if checked else 0,
                languages=list(flow.languages) if flow else [],
                steps=len(flow.steps) if flow else 0,
                engine=engine.get(name, EngineFlow()) if engine is not None else None,
            )
        )
    return found


@router.get("/flow-schema")
def schema(_: Reader) -> dict[str, Any]:
    """The JSON Schema of flows, by which editors complete keys."""
    return flow_schema()


@router.get("/flows/{flow}/draft")
def get_draft(flow: str, house: AHouse, _: Reader) -> DraftOut:
    """The draft of a flow."""
    return _shown(_draft(house, flow))


@router.put("/flows/{flow}/draft")
def put_draft(flow: str, change: DraftIn, house: AHouse, _: Editor) -> DraftOut:
    """Write a draft. It may have mistakes; no call runs it before it is published.

    Two who write at once: the second one is told, by 409.
    """
    data = change.text.encode()
    with writing:
        path = path_of(house.flows, flow)
        present = read_draft(house.flows, flow) if path.exists() else None
        if (present.hash if present else "") != change.replaces:
            raise PublishRefused(
                worded(
                    "The draft of {flow} was changed meanwhile; read it again, and make your "
                    "change in that.",
                    flow=flow,
                )
                if present
                else worded('There is no draft of {flow}; "replaces" must be empty.', flow=flow)
            )
        write_draft(house.flows, flow, data, present.base if present else 0)
    return _shown(_draft(house, flow))


@router.post("/flows/{flow}/check")
def check(flow: str, proposed: TextIn, house: AHouse, _: Reader) -> list[ProblemOut]:
    """What is wrong with a text that isn't written yet; nothing: an empty list."""
    beside = Folder(house.flows, shown_path)
    data, path = proposed.text.encode(), f"{flow}.yaml"
    checked = check_text(data, name=flow, path=path, sources=beside, catalogue=house.catalogue)
    return [ProblemOut.of(problem) for problem in checked.problems]


@router.post("/flows/{flow}/tests", response_model=TestRun)
def run(
    flow: str,
    house: AHouse,
    _: Reader,
    errors: Annotated[
        float | None, Query(ge=1, le=100, description="Also with so many errors in 100 words.")
    ] = None,
    repeat: Annotated[int, Query(ge=1, le=100, description="Runs of each test with errors.")] = 20,
) -> dict[str, Any]:
    """Run the tests beside a draft: which fail and how, and what they never reach."""
    draft = _draft(house, flow)
    tests = file_of_tests(draft.path)
    if not tests.is_file():
        raise NotThere(
            f"{flow} has no tests; they would be in {tests.name}.", case="no_tests", flow=flow
        )
    with testing:
        dialogue = house.dialogues.of(flow, draft.data, house.settings)
        return as_data(run_tests(tests, dialogue, errors, repeat))


def _draft(house: House, flow: str) -> Draft:
    if not path_of(house.flows, flow).exists():
        raise NotThere(f"There is no draft of {json.dumps(flow)}.", case="no_draft", flow=flow)
    return read_draft(house.flows, flow)


def _checked(draft: Draft) -> Checked:
    catalogue = load_catalogue(draft.path.parent.parent)  # config, of config/flows/shop.yaml
    # A large flow takes a second to look through, and every page of flows asks for all of them.
    key = (draft.data, draft.flow, draft.shown)
    with checking:
        kept = _kept.pop(key, None)
        if kept is None or kept[0] is not catalogue:
            path = draft.shown
            found = check_text(draft.data, name=draft.flow, path=path, catalogue=catalogue)
            kept = (catalogue, found)
        _kept[key] = kept
        if len(_kept) > MOST_KEPT:
            del _kept[next(iter(_kept))]  # that nobody has asked for longest
    return kept[1]


def _shown(draft: Draft) -> DraftOut:
    return DraftOut(
        name=draft.flow,
        text=draft.text.decode(errors="replace"),
        hash=draft.hash,
        base=draft.base,
        problems=[ProblemOut.of(problem) for problem in _checked(draft).problems],
    )
