"""What came of random calls, as plain data."""

from typing import Any

from dialog.flow_tests.walker import Walked
from dialog.flow_tests.writing import written
from voxdesk.app.flow_test_runs import coverage_json
from voxdesk.kernel.worded import as_data as as_worded


def as_data(path: str, walked: Walked) -> dict[str, Any]:
    """All of it; each fault with the shortest test that shows it."""
    return {
        "flow": path,
        "calls": walked.calls,
        "events": walked.events,
        "faults": [
            {
                "kind": str(found.fault.kind),
                "step": found.fault.step,
                "text": found.fault.text,
                "worded": as_worded(found.fault.text),
                "calls": found.calls,
                "test": written(found.test),
            }
            for found in walked.found
        ],
        "coverage": coverage_json(walked.coverage),
    }
