"""Beginning a subflow: it has what it is given, and nothing of an earlier time."""

from dialog.flow_subflow import Subflow
from dialog.scopes import inner_scope
from dialog.storing import put
from dialog.turn import Turn
from dialog.variables import defaults


def begin(turn: Turn, step: Subflow) -> None:
    """Give a subflow its variables."""
    scope = inner_scope(step.name)
    given = {f"{scope}{name}": turn.value(value) for name, value in step.values.items()}
    before, others = turn.state.variables, turn.state.others
    kept = {name: value for name, value in before.items() if not name.startswith(scope)}
    turn.change(
        variables=kept | defaults(turn.flow.variables, scope),
        others={slot: found for slot, found in others.items() if not slot.startswith(scope)},
    )
    for name, value in given.items():
        if value is not None:
            put(turn, name, value)
