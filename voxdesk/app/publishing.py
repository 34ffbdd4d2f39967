"""Publishing a flow, from its draft to the next call: what commands and pages ask for.

    draft → checked → tested → published

A draft with a mistake, or whose tests fail, gets no further. What is published stays for good.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crm.flows import repository, service
from crm.flows.models import FlowVersion
from crm.flows.repository import LiveFlow
from dialog.bundle import KNOWLEDGE, unbundled
from dialog.catalogue import Catalogue
from dialog.flow import Flow
from dialog.flow_diff import FlowDiff, compare
from dialog.flow_diff_shown import summary
from dialog.flow_file import check_text
from dialog.flow_problems import Problem
from dialog.yaml_tree import YamlProblem, read_tree
from voxdesk.app.drafts import Draft, demand_name, read_draft
from voxdesk.app.flow_trial import TrialReport, run_trial
from voxdesk.app.outside.reading import load_catalogue
from voxdesk.db import Database
from voxdesk.kernel.errors import FlowError, PublishRefused
from voxdesk.kernel.worded import worded

DRAFT, LIVE, NOTHING = "draft", "live", "nothing"

Trial = Callable[[Flow, Path], TrialReport]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft that may be published.

    Attributes:
        draft: as it was when it was examined; just this is published.
        live: the version that it would take the place of; None: it would be the first.
        diff: what is different from that.
        tests: what its tests said.
    """

    draft: Draft
    live: FlowVersion | None
    diff: FlowDiff
    tests: TrialReport


def examine(database: Database, draft: Draft, *, trial: Trial = run_trial) -> Proposal:
    """Check a draft and run its tests; nothing is changed.

    Raises:
        FlowError: it has mistakes, or a test fails; the report says which.
        PublishConflict: it wasn't made from the version that is live.
        PublishRefused: it is what is live already.
        DatabaseError: the database is away.
    """
    catalogue = load_catalogue(draft.path.parent.parent)  # config, of config/flows/shop.yaml
    flow = _checked(draft.data, name=draft.flow, path=draft.shown, catalogue=catalogue)
    with database.reading() as session:
        live = repository.newest(session, draft.flow)
    service.demand_news(draft.flow, live, draft.hash)
    service.demand_base(draft.flow, live, draft.base)
    tests = trial(flow, draft.path)
    if not tests.passed:
        raise FlowError(
            worded(
                "{details}\n{flow} is not published: its tests fail.",
                details=tests.details,
                flow=draft.flow,
            )
        )
    return Proposal(draft, live, difference(live, draft), tests)


def publish(
    database: Database, proposal: Proposal, *, author: str, reason: str, now: datetime
) -> FlowVersion:
    """Make a proposal the live version, for the next call of every engine.

    Raises:
        PublishConflict: somebody has published since it was examined.
        PublishRefused: author or reason are missing or too long.
        DatabaseError: the database is away.
    """
    draft = proposal.draft
    new = service.NewVersion(
        flow=draft.flow,
        text=draft.data.decode(),
        hash=draft.hash,
        author=author,
        reason=reason,
        base=draft.base,
        tests=proposal.tests.summary,
        changes=summary(proposal.diff),
    )
    with database.transaction() as session:
        return service.publish(session, new, now=now)


def roll_back(
    database: Database,
    flow: str,
    number: int | None = None,
    *,
    author: str,
    reason: str,
    now: datetime,
) -> FlowVersion:
    """Bring an earlier version back, as a new one that has its text.

    Args:
        database: of the installation.
        flow: its name.
        number: of the version; by default the one before the live one.
        author: who does it.
        reason: why.
        now: the time.

    Raises:
        PublishRefused: there is no such version, it is live, or this program can't run it.
        PublishConflict: somebody has published at the same time.
        DatabaseError: the database is away.
    """
    demand_name(flow)
    with database.transaction() as session:
        live, wanted = service.to_restore(session, flow, number)
        try:
            _checked(wanted.text.encode(), name=flow, path=name_of(wanted))
        except FlowError as error:
            raise PublishRefused(
                worded(
                    "{flow}: version {number} can't be run by this program any more:\n{problems}",
                    flow=flow,
                    number=wanted.number,
                    problems=error.worded or str(error),
                ),
                case="version_unrunnable",
                flow=flow,
                number=wanted.number,
            ) from error
        new = service.NewVersion(
            flow=flow,
            text=wanted.text,
            hash=wanted.hash,
            author=author,
            reason=reason,
            base=live.number,
            restores=wanted.number,
            tests=wanted.tests,
            changes=summary(difference(live, wanted)),
        )
        return service.publish(session, new, now=now)


def history(database: Database, flow: str, *, limit: int = 50) -> Sequence[FlowVersion]:
    """Every version of a flow, the newest, which is live, first.

    Raises:
        PublishRefused: it was never published.
        FlowError: this can't be the name of a flow.
        DatabaseError: the database is away.
    """
    demand_name(flow)
    with database.reading() as session:
        versions = repository.history(session, flow, limit=limit)
        if not versions:
            raise _never(flow, repository.live_flows(session))
    return versions


def published_flows(database: Database) -> Sequence[FlowVersion]:
    """The live version of every flow that was ever published.

    Raises:
        DatabaseError: the database is away.
    """
    with database.reading() as session:
        newest = [repository.newest(session, live.flow) for live in repository.live_flows(session)]
    return [version for version in newest if version is not None]


def live_version(database: Database, flow: str) -> FlowVersion | None:
    """The version of a flow that is live; None: it was never published.

    Raises:
        DatabaseError: the database is away.
    """
    demand_name(flow)
    with database.reading() as session:
        return repository.newest(session, flow)


def is_published(database: Database, draft: Draft) -> bool:
    """Whether some version has the text of this draft, so that nothing is lost with it.

    Raises:
        DatabaseError: the database is away.
    """
    with database.reading() as session:
        return repository.by_hash(session, draft.flow, draft.hash) is not None


def find(database: Database, flow: str, number: int | None = None) -> FlowVersion:
    """One version; the live one by default.

    Raises:
        PublishRefused: there is no such version.
        FlowError: this can't be the name of a flow.
        DatabaseError: the database is away.
    """
    demand_name(flow)
    with database.reading() as session:
        live = repository.newest(session, flow)
        if live is None:
            raise _never(flow, repository.live_flows(session))
        found = live if number is None else repository.by_number(session, flow, number)
    if found is None:
        raise PublishRefused(
            f"{flow} has no version {number}; it has 1 to {live.number}.",
            case="no_version",
            flow=flow,
            number=number or 0,
            newest=live.number,
        )
    return found


def difference(before: FlowVersion | Draft | None, after: FlowVersion | Draft) -> FlowDiff:
    """What is different between two versions, or a version and a draft; None: from nothing.

    Raises:
        FlowError: one of them is no YAML at all.
    """
    for each in (before, after):
        text, subflows = unbundled(_data(each))
        for name, part in {"": text, **subflows}.items():
            try:
                read_tree(part)
            except YamlProblem as problem:
                inside = f", {_part(name)}" if name else ""
                shown = Problem.of(problem).shown(f"{name_of(each)}{inside}")
                raise FlowError(shown) from problem
    return compare(_data(before), _data(after))


def _part(name: str) -> str:
    return name if name.startswith(KNOWLEDGE) else f"subflow {name}"


def side(database: Database, folder: Path, flow: str, which: str) -> FlowVersion | Draft | None:
    """What a person means by a version's number, "live", "draft" or "nothing".

    Raises:
        PublishRefused: there is no such version.
        FlowError: there is no such draft, or this can't be the name of a flow.
        DatabaseError: the database is away.
    """
    if which == DRAFT:
        return read_draft(folder, flow)
    if which == NOTHING:
        return None
    if which == LIVE:
        return live_version(database, flow)
    if not (which.isascii() and which.isdecimal()) or len(which) > len("999999999"):
        raise PublishRefused(
            worded('"{which}" is no version: say a number, live, draft or nothing.', which=which)
        )
    return find(database, flow, int(which))


def name_of(version: FlowVersion | Draft | None) -> str:
    """How messages name it."""
    if version is None:
        return "nothing"
    if isinstance(version, Draft):
        return version.shown
    return f"{version.flow} version {version.number}"


def _data(version: FlowVersion | Draft | None) -> bytes:
    if version is None:
        return b""
    return version.data if isinstance(version, Draft) else version.text.encode()


def _checked(data: bytes, *, name: str, path: str, catalogue: Catalogue | None = None) -> Flow:
    checked = check_text(data, name=name, path=path, catalogue=catalogue)
    if checked.problems or checked.flow is None:
        raise FlowError(checked.report)
    return checked.flow


def _never(flow: str, published: Sequence[LiveFlow]) -> PublishRefused:
    names = ", ".join(live.flow for live in published) or "none yet"
    return PublishRefused(
        f"{flow} was never published; calls run its file.\n  Published flows: {names}",
        case="never_published",
        flow=flow,
    )
