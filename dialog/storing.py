"""Putting texts into variables, as what the flow declares those to be."""

from dialog.turn import Turn
from dialog.variables import Unfit, Value, VariableType, typed
from voxdesk.kernel.call import EventKind


def put(turn: Turn, name: str, text: str) -> None:
    """Give a variable a value; one that doesn't fit is noted, and changes nothing.

    An empty text takes the value away, where it is none itself.
    """
    declared = turn.flow.variables.get(name)
    before = turn.state.variables
    value: Value = text
    if declared is not None and declared.type is not VariableType.TEXT:
        if not text:
            turn.change(variables={other: had for other, had in before.items() if other != name})
            return
        try:
            value = typed(text, declared.type)
        except Unfit as error:
            turn.note(EventKind.ERROR, step=turn.state.step, variable=name, error=str(error))
            return
    turn.change(variables={**before, name: value})
