"""Beginning a subflow: it has what it is given, and nothing of an earlier time."""

from dialog.flow_subflow import Subflow
from dialog.scopes import inner_scope
from dialog.turn import Turn


def begin(turn: Turn, step: Subflow) -> None:
    """Give a subflow its variables."""
    scope = inner_scope(step.name)
    given = {f"{scope}{name}": turn.value(value) for name, value in step.values.items()}
    before = turn.state.variables
    kept = {name: value for name, value in before.items() if not name.startswith(scope)}
    others = {
        slot: found for slot, found in turn.state.others.items() if not slot.startswith(scope)
    }
    turn.change(
        variables=kept | {name: value for name, value in given.items() if value is not None},
        others=others,
    )
