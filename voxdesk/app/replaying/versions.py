"""The flows that recorded calls ran on, as texts and as dialogues."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dialog.dialogue import Dialogue
from dialog.flow import Flow
from dialog.flow_diff import compare
from dialog.flow_file import check_text
from dialog.prompts import Prompts
from dialog.scopes import INSIDE
from dialog.understanding.intents import IntentModel
from voxdesk.app.drafts import hash_of
from voxdesk.app.flow_archive import FlowArchive
from voxdesk.app.published_flows import PublishedFlows


@dataclass(frozen=True, slots=True)
class OldVersion:
    """A version that calls ran on.

    Attributes:
        flow: as it is run.
        names: old to new names of steps that the draft has under another one.
    """

    flow: Flow
    names: Mapping[str, str]


class Versions:
    """Finds versions by their hash: among drafts, published ones, and what engines kept. Blocks.

    Args:
        draft: the text that calls are replayed through, and its flow.
        flow: of that text.
        prompts: the system's own wording, as it is now.
        learn: knows a flow's examples, or learns them; None where it has none.
        others: further texts that may be such a version: the flow's own file.
        archive: what engines of this machine kept.
        published: the database's versions.
    """

    def __init__(
        self,
        draft: bytes,
        flow: Flow,
        prompts: Prompts,
        *,
        learn: Callable[[Flow], IntentModel | None],
        others: tuple[bytes, ...] = (),
        archive: FlowArchive | None = None,
        published: PublishedFlows | None = None,
    ) -> None:
        self.flow = flow
        self._draft = draft
        self._prompts = prompts
        self._learn = learn
        self._texts = {hash_of(text): text for text in (draft, *others)}
        self._archive = archive
        self._published = published
        self._found: dict[str, OldVersion | None] = {}
        self._intents: dict[str, IntentModel | None] = {}
        self._dialogues: dict[tuple[str, tuple[str, ...] | None], Dialogue] = {}

    def old(self, version: str) -> OldVersion | None:
        """The version of this hash; None where it is gone, or can't be run any more.

        Raises:
            DatabaseError: the database is away.
        """
        if version not in self._found:
            self._found[version] = self._read(version)
        return self._found[version]

    def dialogue(self, flow: Flow, languages: tuple[str, ...] | None) -> Dialogue:
        """Of a flow, in the languages that a machine could speak; None: all.

        Raises:
            ModelMissing: its examples can't be learnt; says why.
        """
        key = (flow.version, languages)
        if key not in self._dialogues:
            if flow.version not in self._intents:
                self._intents[flow.version] = self._learn(flow)
            intents = self._intents[flow.version]
            self._dialogues[key] = Dialogue(
                flow, self._prompts, languages=languages, intents=intents
            )
        return self._dialogues[key]

    def _read(self, version: str) -> OldVersion | None:
        if version == self.flow.version:
            return OldVersion(self.flow, {})
        text = self._text(version)
        if text is None:
            return None
        checked = check_text(text, name=self.flow.name, path=f"{self.flow.name} {version}")
        if checked.flow is None or checked.problems:
            return None
        renamed = {one.before: one.after for one in compare(text, self._draft).renamed}
        return OldVersion(checked.flow, _with_inner(checked.flow, renamed))

    def _text(self, version: str) -> bytes | None:
        name = self.flow.name
        if version in self._texts:
            return self._texts[version]
        if self._archive is not None and (kept := self._archive.text(name, version)) is not None:
            return kept
        published = self._published.text(name, version) if self._published is not None else None
        return published.encode() if published is not None else None


def _with_inner(flow: Flow, renamed: Mapping[str, str]) -> dict[str, str]:
    """The new names of steps; those of a subflow begin with that of the step that runs it."""
    found = dict(renamed)
    for step in flow.steps:
        outer, inside, inner = step.partition(INSIDE)
        if inside and outer in renamed:
            found[step] = f"{renamed[outer]}{inside}{inner}"
    return found
