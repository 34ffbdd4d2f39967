"""The schema of the database: every model in one place, and its versions."""

import importlib
import importlib.util

MODEL_MODULES = (
    "crm.customers.models",
    "crm.orders.models",
    "crm.calls.models",
    "telephony.queue.models",
)


def import_models() -> None:
    """Make `voxdesk.db.Base.metadata` know every table."""
    for name in MODEL_MODULES:
        if importlib.util.find_spec(name):
            importlib.import_module(name)
