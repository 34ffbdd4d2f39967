"""Published flows as an engine reads them: the newest version that it can run. Blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crm.flows import repository
from crm.flows.models import FlowVersion
from crm.flows.repository import LiveFlow
from dialog.flow_file import check_text
from voxdesk.app.drafts import hash_of
from voxdesk.app.live_flows import LoadedFlow
from voxdesk.db import Database

TRIED_AT_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to run of a flow.

    Attributes:
        loaded: the newest version that can be run; None: none of those that were tried.
        trouble: why it isn't the newest; empty when it is.
    """

    loaded: LoadedFlow | None
    trouble: str = ""


class PublishedFlows:
    """The database's side; thread-safe. Every method raises a DatabaseError when it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def live(self) -> Sequence[LiveFlow]:
        """Which version of each published flow is live; cheap."""
        with self._database.reading() as session:
            return repository.live_flows(session)

    def text(self, flow: str, version: str) -> str | None:
        """The text of a version by its hash, as calls keep it."""
        with self._database.reading() as session:
            found = repository.by_hash(session, flow, version)
        return found.text if found is not None else None

    def best(self, flow: str, *, above: int = 0) -> Found:
        """The newest version of a number above this one that can be run here.

        A program of another version may have published what this one doesn't understand.
        """
        with self._database.reading() as session:
            versions = repository.history(session, flow, limit=TRIED_AT_MOST)
        first_problem = ""
        for version in versions:
            if version.number > above:
                loaded, problem = _load(version)
                first_problem = first_problem or problem
                if loaded is not None:
                    return Found(loaded, first_problem)
        return Found(None, first_problem)


def _load(version: FlowVersion) -> tuple[LoadedFlow | None, str]:
    name = f"{version.flow} version {version.number}"
    data = version.text.encode()
    if hash_of(data) != version.hash:
        return None, f"{name} can't be run: its text in the database is damaged"
    # A service that isn't declared here any more is no reason to answer no call: what is looked up
    # there fails, and the trouble is told.
    checked = check_text(data, name=version.flow, path=name, catalogue=None)
    if checked.flow is None or checked.problems:
        first = checked.problems[0] if checked.problems else None
        why = f": line {first.line}: {first.text.rstrip('.')}" if first else ""
        return None, f"{name} can't be run by this program{why}"
    return LoadedFlow(checked.flow, data, version.number), ""
