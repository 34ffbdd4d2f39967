"""Work after a call so that it is found and seen at once."""

from typing import Final

from crm.facts.facts import VERSION as FACTS_VERSION
from voxdesk.app.calls.after import INDEX_VERSION, draw_waveform, note_facts
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.kernel.call import CallId

FACTS: Final = 100_000 * FACTS_VERSION + INDEX_VERSION
WAVEFORM: Final = 1


def facts(house: JobsHouse, call_id: CallId) -> None:
    """Its figures, and its words in the index."""
    note_facts(house.database, call_id)


def waveform(house: JobsHouse, call_id: CallId) -> None:
    """The shape of its recording.

    Raises:
        VoxdeskError: the store can't give it now.
    """
    draw_waveform(house.database, house.recordings, call_id)
