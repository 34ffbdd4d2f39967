"""What a flow says and does, on a terminal or, plainly, for a script."""

import json
from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dialog import events
from dialog.flow_templates import RECORDS
from dialog.trying.moves import Answered
from dialog.trying.trial import Moment, Trial, asked, outcomes
from voxdesk.app.terminal import clean
from voxdesk.app.trying.typed import HELP

STEP_WIDTH = 14


class Screen:
    """Where a talk is shown.

    On a terminal the step's name is dimmed at the left and texts are wrapped beside it; elsewhere a
    line is `step: text`, as long as it is.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self.is_terminal = self._console.is_terminal

    def moments(self, moments: Iterable[Moment], before: Moment | None = None) -> None:
        """Everything that the caller heard, and what the call waits for at the end."""
        for moment in moments:
            if isinstance(moment.move, Answered) and before is not None:
                self._looked_up(before, moment.move)
            for said in moment.said:
                self._line(said.step, Text(clean(said.text)))
            before = moment
        if before is not None and (waits := _waits(before)):
            self._line(before.state.step, Text(waits, style="dim"))

    def _looked_up(self, before: Moment, move: Answered) -> None:
        if isinstance(before.waiting, events.Lookup | events.Act):
            found = f"({clean(asked(before.waiting))}: {move.outcome})"
            self._line(before.state.step, Text(found, style="dim"))

    def _line(self, step: str, text: Text) -> None:
        name = clean(step)
        if not self.is_terminal:
            self._console.print(Text(f"{name}: ") + text, soft_wrap=True)
            return
        row = Table.grid(padding=(0, 2))
        row.add_column(style="dim", width=max(STEP_WIDTH, min(len(name), 24)), no_wrap=True)
        row.add_column()
        row.add_row(name, text)
        self._console.print(row)

    def typed(self, text: str) -> None:
        """A line of a script, so that what is printed reads as a talk."""
        self._console.print(Text(f"> {clean(text)}"), soft_wrap=True)

    def note(self, text: str) -> None:
        """Something about the talk rather than in it."""
        self._console.print(Text(text, style="dim"), soft_wrap=True)

    def trouble(self, text: str) -> None:
        """Something that couldn't be done."""
        self._console.print(Text(clean_lines(text), style="yellow"), soft_wrap=True)

    def state(self, trial: Trial) -> None:
        """Step, language and variables, a line each."""
        state = trial.now.state
        shown = {"step": state.step, "language": state.language, **state.variables}
        for name, value in shown.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            self._console.print(Text(f"  {clean(name)}: {clean(text)}"), soft_wrap=True)

    def help(self) -> None:
        """Every command."""
        table = Table(box=None, show_header=False, pad_edge=False)
        for typed, meaning in HELP.items():
            table.add_row(Text(typed), Text(meaning, style="dim"))
        self._console.print(Padding(table, (0, 0, 0, 2)))


def clean_lines(text: str) -> str:
    """As `clean`, for what has several lines."""
    return "\n".join(map(clean, text.split("\n")))


def _waits(moment: Moment) -> str:  # noqa: PLR0911  one case a kind of wait
    """What the call waits for, where that is no answer of the caller."""
    waiting = moment.waiting
    match waiting:
        case events.Lookup(what=what):
            fields = ", ".join(RECORDS.get(what, ())[:8])
            known = f" Fields: {fields} …" if fields else ""
            return f"({clean(asked(waiting))}: found? yes, no, failed, or field: value, …{known})"
        case events.Act():
            return f"({clean(asked(waiting))}: done? done, refused WHY, failed, or field: value)"
        case events.Enqueue(queue=queue, leave_key=key):
            ends = " ".join(f"/{outcome}" for outcome in outcomes(waiting))
            return f'(waits in the queue "{clean(queue)}"; it ends by {ends}, or /keys {key})'
        case events.Transfer(target=target):
            ends = " ".join(f"/{outcome}" for outcome in outcomes(waiting))
            return f"(transfers the call to {clean(target)}; it ends by {ends})"
        case events.RecordMessage(mailbox=mailbox):
            return f'(records a message for "{clean(mailbox)}": /recorded or /empty)'
        case events.HangUp(reason=reason):
            return f"(hangs up: {clean(reason)})"
    return ""
