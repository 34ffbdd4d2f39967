"""The flows that the next call runs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dialog.flow import Flow


@dataclass(frozen=True, slots=True)
class LoadedFlow:
    """A flow that can be run.

    Attributes:
        flow: as it was read.
        data: its text, with that of the knowledge it uses.
        number: of the published version; 0: it is the file, since none was ever published.
    """

    flow: Flow
    data: bytes
    number: int = 0


class LiveFlows(Mapping[str, Flow]):
    """Flows by name; one at a time is exchanged while calls go on with what they have.

    Lives on the engine's loop.

    Attributes:
        looked_at: the newest published version of each flow that was tried, good or not.
        troubles: by flow, why its newest version isn't run.
    """

    def __init__(self, loaded: Iterable[LoadedFlow] = ()) -> None:
        self._loaded = {each.flow.name: each for each in loaded}
        self.looked_at = {name: each.number for name, each in self._loaded.items()}
        self.troubles: dict[str, str] = {}

    def __getitem__(self, name: str) -> Flow:
        return self._loaded[name].flow

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)

    @property
    def loaded(self) -> list[LoadedFlow]:
        """All, with their texts."""
        return list(self._loaded.values())

    def number(self, name: str) -> int:
        """The published version that is run; 0 for a file, or for none."""
        return self._loaded[name].number if name in self._loaded else 0

    def put(self, loaded: LoadedFlow) -> None:
        """From the next call on, this one."""
        self._loaded[loaded.flow.name] = loaded
