"""One event being worked on: the state as it becomes, the actions as they are found."""

import dataclasses
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from dialog.business_hours import Opening
from dialog.events import Action, HangUp, Note, Say
from dialog.flow import Flow, Step
from dialog.flow_texts import Text
from dialog.hours_now import HoursNow
from dialog.privacy import loggable, reads_private
from dialog.prompts import Prompts
from dialog.scopes import FIELD, scope_of, visible
from dialog.state import Line, Phase, State
from dialog.template import RenderFailed, condition_template, holds, render
from dialog.understanding.intents import IntentModel
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import BargeIn


class Turn:
    """The working place of `Dialogue.step`; lives for one event."""

    def __init__(
        self,
        flow: Flow,
        prompts: Prompts,
        languages: Collection[str],
        state: State,
        intents: IntentModel | None = None,
    ) -> None:
        """`languages`: what can be spoken and heard on this machine.

        `intents` knows the flow's examples; without it only phrases are understood.
        """
        self.flow = flow
        self.prompts = prompts
        self.languages = languages
        self.state = state
        self.intents = intents
        self.actions: list[Action] = []
        self._hours: dict[str, HoursNow] = {}
        self.private: frozenset[str] = frozenset()  # variables that sensitive steps fill
        self.upset = False  # the words of this event are frustrated or angry
        self.soothed = False  # soothing words were said already

    def change(self, **values: Any) -> None:
        """Put new values into the state."""
        self.state = dataclasses.replace(self.state, **values)

    @property
    def step(self) -> Step:
        """The current step."""
        return self.flow.steps[self.state.step]

    @property
    def language(self) -> str:
        """What is spoken now: the step's own language, else the call's."""
        step = self.flow.steps.get(self.state.step)
        return (step.language if step else "") or self.state.language

    @property
    def values(self) -> dict[str, Any]:
        """The variables of templates."""
        return {
            "feeling": self.state.mood.feeling,
            "upset": self.state.mood.upset,
            **visible(self.state.variables, self.state.step),
            "today": self.state.today,
            "languages": list(self.languages),
            **({"hours": self.hours} if self.flow.hours else {}),
        }

    @property
    def hours(self) -> HoursNow:
        """When places are open, as the current step calls them; the log says what was read."""
        scope = scope_of(self.state.step)
        if scope not in self._hours:
            own = {
                name.removeprefix(scope): hours
                for name, hours in self.flow.hours.items()
                if name.startswith(scope) and FIELD not in name.removeprefix(scope)
            }
            read = partial(self._note_hours, scope)
            self._hours[scope] = HoursNow(own, self.state.at, read)
        return self._hours[scope]

    def _note_hours(self, scope: str, name: str, opening: Opening) -> None:
        self.note(EventKind.HOURS, hours=f"{scope}{name}", state=opening.state, at=self.state.at)

    def note(self, kind: EventKind, **data: Any) -> None:
        """A line for the call's log; of what was said at a sensitive step it has nothing."""
        step = self.flow.steps.get(str(data.get("step") or self.state.step))
        self.actions.append(Note(str(kind), loggable(step, data)))

    def _failed(self, error: RenderFailed, template: str, key: str = "template") -> None:
        """A template met values that don't fit; what they are stays unsaid where it must."""
        why = str(error)
        whole = condition_template(template) if key == "condition" else template
        if reads_private(whole, self.state.step, self.private):
            why = why.partition(":")[0]
        self.note(EventKind.ERROR, step=self.state.step, **{key: template}, error=why)

    def wording(self, key: str, /, *, turn: int = 0, **values: Any) -> str:
        """A system wording in the current language."""
        return self.prompts.get(key, self.language, turn=turn, **values)

    def text(self, text: Text) -> str:
        """A prompt of the flow with its values; an apology when they don't fit."""
        if text.wording:
            values: dict[str, Any] = {name: self.value(one) for name, one in text.given.items()}
            return self.wording(text.wording, **values)
        template = text.template(self.language, self.flow.language)
        try:
            return render(template, self.values, self.language)
        except RenderFailed as error:
            self._failed(error, template)
            return self.wording("trouble")

    def value(self, template: str, instead: Mapping[str, Any] | None = None) -> str | None:
        """A template's text for a machine, None when its values don't fit.

        `instead`: variables that count before the call's own.
        """
        scope = scope_of(self.state.step)
        own = {name.removeprefix(scope): value for name, value in (instead or {}).items()}
        try:
            return render(template, {**self.values, **own}, self.language)
        except RenderFailed as error:
            self._failed(error, template)
            return None

    def holds(self, condition: str) -> bool:
        """Whether a condition is true; False when its values don't fit."""
        try:
            return holds(condition, self.values, self.language)
        except RenderFailed as error:
            self._failed(error, condition, "condition")
            return False

    def say(self, *texts: str, keep: bool = False) -> None:
        """Say these, one after another, as the current step says things.

        Args:
            texts: sentences; empty ones are skipped.
            keep: they are part of what "repeat" repeats.
        """
        step = self.flow.steps.get(self.state.step)
        said = " ".join(text for text in texts if text)
        if not said:
            return
        line = Line(
            said,
            self.language,
            step.barge_in if step else BargeIn.SPEECH,
            step.sensitive if step else False,
        )
        if keep:
            self.change(said=(*self.state.said, line))
        self.say_line(line)

    def say_line(self, line: Line) -> None:
        """Say a line as it was said before."""
        self.actions.append(Say(line.text, line.language, line.barge_in, line.sensitive))

    def hang_up(self, reason: str, *texts: str) -> None:
        """Say these and end the call."""
        self.say(*texts)
        self.change(phase=Phase.ENDED, candidate=None, guess=None)
        self.actions.append(HangUp(reason))
