"""Drafts: the files in `config/flows` that people edit, and what each was made from.

Beside `shop.yaml`, `shop.version` holds the number of the published version that it was made from.
It goes where the file goes, into git too: so somebody whose copy is old is told so on publishing.
The files in `config/knowledge` that a flow uses belong to its draft.
"""

from dataclasses import dataclass
from pathlib import Path

from dialog.bundle import KNOWLEDGE, unbundled
from dialog.flow_file import check_file, flow_files, version_of
from dialog.flow_problems import meant
from voxdesk.kernel.errors import FlowError, SettingsError
from voxdesk.kernel.worded import worded

KEPT_SUFFIX = ".old"


@dataclass(frozen=True, slots=True)
class Draft:
    """A flow as it stands in its file.

    Attributes:
        flow: its name, the file's without the ending.
        path: of the file.
        data: its content, with that of the subflows that it runs and of what it knows.
        base: the version that it was made from; 0 for none, or when it isn't known.
    """

    flow: str
    path: Path
    data: bytes
    base: int

    @property
    def shown(self) -> str:
        """The path as a person would type it from here."""
        here = Path.cwd()
        return str(self.path.relative_to(here) if self.path.is_relative_to(here) else self.path)

    @property
    def text(self) -> bytes:
        """Its file alone."""
        return unbundled(self.data)[0]

    @property
    def hash(self) -> str:
        """The `version` that the flow of this text has."""
        return hash_of(self.data)


def hash_of(data: bytes) -> str:
    """As `dialog.flow.Flow.version` has it."""
    return version_of(data)


def draft_files(folder: Path) -> list[Path]:
    """Every flow's file of a folder, by name. What has a second ending is no flow."""
    return [path for path in flow_files(folder) if "." not in path.stem]


def read_draft(folder: Path, flow: str) -> Draft:
    """The draft of a flow.

    Raises:
        FlowError: there is no such file, or it can't be read.
    """
    path = path_of(folder, flow)
    try:
        with path.open("rb"):  # an unreadable one is no draft with mistakes
            pass
        return Draft(flow, path, check_file(path).data, _base(path))
    except FileNotFoundError as error:
        names = [file.stem for file in draft_files(folder)]
        raise FlowError(
            worded(
                'There is no draft of "{flow}" in {folder}.\n  {hint}',
                flow=flow,
                folder=str(folder),
                hint=meant(flow, names, worded("Flows there")),
            )
        ) from error
    except OSError as error:
        raise FlowError(f"{path} can't be read: {error.strerror}.") from error


def runs_as_subflow(folder: Path, flow: str) -> list[str]:
    """The flows whose drafts run this one."""
    others = (path for path in draft_files(folder) if path.stem != flow)
    return [path.stem for path in others if flow in unbundled(check_file(path).data)[1]]


def write_draft(folder: Path, flow: str, text: bytes, base: int) -> Path:
    """Make this the draft, made from that version. A draft that was there is kept as `*.old`.

    Raises:
        SettingsError: the folder can't be written to.
    """
    path = path_of(folder, flow)
    write_part(path, text)
    note_base(path, base)
    return path


def take_draft(folder: Path, flow: str, data: bytes, base: int) -> list[Path]:
    """Make a published version the draft, and the subflows and knowledge in it those of the drafts.

    Drafts that were there are kept as `*.old`.

    Returns:
        the files of those.

    Raises:
        SettingsError: the folder can't be written to.
    """
    text, parts = unbundled(data)
    files = {part_of(folder, name): part for name, part in parts.items()}
    for path, part in files.items():
        write_part(path, part)
    write_draft(folder, flow, text, base)
    return list(files)


def write_part(path: Path, data: bytes) -> None:
    """Write a file of drafts; one that was there and is different is kept as `*.old`.

    Raises:
        SettingsError: the folder can't be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            if path.read_bytes() == data:
                return
            path.replace(path.with_name(path.name + KEPT_SUFFIX))
        path.write_bytes(data)
    except OSError as error:
        raise SettingsError(f"{path} can't be written: {error.strerror}.") from error


def note_base(path: Path, base: int) -> None:
    """From now on the draft of this path is one of that version.

    Raises:
        SettingsError: the folder can't be written to.
    """
    note = _note(path)
    try:
        fresh = note.with_name(note.name + ".new")
        fresh.write_text(f"{base}\n")
        fresh.replace(note)
    except OSError as error:
        raise SettingsError(
            f"{note} can't be written: {error.strerror}. Next time say --base {base}."
        ) from error


def path_of(folder: Path, flow: str) -> Path:
    """Where the draft of a flow is.

    Raises:
        FlowError: no file could have this name.
    """
    demand_name(flow)
    return folder / f"{flow}.yaml"


def part_of(folder: Path, part: str) -> Path:
    """Where a part of a flow is: a subflow, or "knowledge/…".

    Raises:
        FlowError: no file could have this name.
    """
    if not part.startswith(KNOWLEDGE):
        return path_of(folder, part)
    return path_of(folder.parent / KNOWLEDGE, part.removeprefix(KNOWLEDGE))


def demand_name(flow: str) -> None:
    """Make sure that this can be the name of a flow, which is that of its file.

    Raises:
        FlowError: it can't.
    """
    if not flow or not flow.isprintable() or set(flow) & set("./\\"):
        raise FlowError(
            worded(
                '{flow} is no name of a flow; say "shop" for config/flows/shop.yaml.',
                flow=ascii(flow),
            )
        )


def _note(path: Path) -> Path:
    return path.with_suffix(".version")


def _base(path: Path) -> int:
    try:
        return max(0, int(_note(path).read_text().strip()[:9]))
    except (OSError, ValueError):
        return 0
