"""The flows that an engine starts with: what is published, and files of what never was."""

import logging
from collections.abc import Mapping
from pathlib import Path

from dialog.flow_file import Checked, check_file
from voxdesk.app.drafts import draft_files
from voxdesk.app.live_flows import LiveFlows, LoadedFlow
from voxdesk.app.outside.reading import load_catalogue
from voxdesk.app.published_flows import Found, PublishedFlows
from voxdesk.app.settings import Settings
from voxdesk.kernel.errors import FlowError, SettingsError

log = logging.getLogger(__name__)


def load_flows(settings: Settings, published: PublishedFlows) -> LiveFlows:
    """Every flow that calls may run. Blocks.

    Where something was published, files are drafts: one with mistakes doesn't keep the engine from
    starting, unless a number is to be answered by it.

    Raises:
        FlowError: a flow that is needed can't be run; the report names every problem.
        SettingsError: a number is to be answered by a flow that isn't there.
        DatabaseError: the database is away.
    """
    folder = settings.config_dir / "flows"
    newest = {live.flow: live.number for live in published.live()}
    found = {name: published.best(name) for name in newest}
    loaded = {name: each.loaded for name, each in found.items() if each.loaded is not None}
    files = {path.stem: path for path in draft_files(folder) if path.stem not in loaded}
    catalogue = load_catalogue(settings.config_dir)
    checked = {name: check_file(path, catalogue) for name, path in files.items()}
    wanted = _wanted(settings)
    broken: dict[str, Checked] = {}
    for name, draft in checked.items():
        if draft.flow is not None and not draft.problems:
            loaded[name] = LoadedFlow(draft.flow, draft.data)
        elif not found or name in wanted.values():
            raise FlowError(draft.report)
        else:
            broken[name] = draft
    flows = LiveFlows(loaded.values())
    for name, each in found.items():
        note_trouble(flows, name, each)
        flows.looked_at[name] = newest[name]
    for name, draft in broken.items():
        flows.troubles[name] = (
            f"Flow {name} is left out: it was never published, and its draft has mistakes; see: "
            f"voxdesk flow check {draft.path}"
        )
        log.warning("flow %s is left out: its draft has mistakes", name)
    _demand(wanted, flows, folder)
    return flows


def note_trouble(flows: LiveFlows, name: str, found: Found) -> None:
    """Remember, and log, why the newest version of a flow isn't run; forget it when it is."""
    flows.troubles.pop(name, None)
    if found.trouble:
        number = flows.number(name)
        runs = f"version {number}" if number else "its file" if name in flows else "nothing"
        flows.troubles[name] = (
            f"{found.trouble}. Calls run {runs}; publish {name} anew, or update this program."
        )
        log.error("flow %s", flows.troubles[name])


def _wanted(settings: Settings) -> Mapping[str, str]:
    """Setting to the flow that it names."""
    return {"calls.flow": settings.calls.flow} | {
        f"calls.numbers.{number}": name for number, name in settings.calls.numbers.items()
    }


def _demand(wanted: Mapping[str, str], flows: LiveFlows, folder: Path) -> None:
    for setting, name in wanted.items():
        if name not in flows:
            known = ", ".join(flows) or "none"
            raise SettingsError(
                f'{setting}: there is no flow "{name}" in {folder}.\n  Flows there: {known}'
            )
