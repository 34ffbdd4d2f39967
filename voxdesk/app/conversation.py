"""The machine's part of a call: what is heard goes into the dialogue, what it decides is done."""

from collections.abc import Sequence
from dataclasses import replace

from asr.turns import profile_for
from dialog.events import (
    Act,
    Action,
    DigitsTimedOut,
    Enqueue,
    Event,
    HangUp,
    Heard,
    Listen,
    Lookup,
    NoInput,
    Note,
    Pressed,
    PromptFinished,
    RecordMessage,
    Say,
    Search,
    Transfer,
    TransferDone,
)
from dialog.state import State
from voxdesk.app.asking import Asking
from voxdesk.app.barge_in import Verdict, judge
from voxdesk.app.conversation_parts import ConversationParts, Leave
from voxdesk.app.hearing import HeardTurn
from voxdesk.app.log_data import heard_data, prompt_data
from voxdesk.app.preparation import Preparation
from voxdesk.app.speaking import Prompt
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import RecognizerFailed, SynthesisFailed
from voxdesk.kernel.speech import BargeIn, Transcript

# Speech for so long that no words were found in: the caller deserves "sorry, once more".
UNHEARD_SPEECH_MS = 800

# What happens outside of the dialogue is logged where it happens, with its times.
ASKED = {EventKind.LOOKUP, EventKind.ACT}
LOGGED_WITH_TIMES = {*ASKED, EventKind.TRANSFER, EventKind.MESSAGE_LEFT}


class Conversation:
    """Everything runs on the loop and nothing waits; time is the call's audio."""

    def __init__(self, parts: ConversationParts, state: State, *, turn: int = 0) -> None:
        """`state` is the dialogue's after its first step, or where an engine before was.

        `turn`: how many the caller had already.
        """
        parts.hearing.listener = self
        parts.speaking.listener = self
        self._parts = parts
        self._state = state
        self._listen: Listen | None = None
        self._turn = turn
        self._unanswered = 0  # the turn that the next prompt answers, 0 for none
        self._over: Prompt | None = None  # the prompt that the caller speaks over
        self._ignored = False  # that speech turned out to be nothing; the prompt went on
        self._noisy = False  # it never ceases and has no words: no prompt pauses for it
        self._quiet_since_ms = 0
        self._digits_until_ms: int | None = None
        self._held = False
        self._away = False
        self._leaving: Leave | None = None  # as soon as all is said
        self._preparation = Preparation(
            parts.dialogue,
            parts.speech,
            parts.find,
            parts.search,
            parts.tasks,
            ahead=parts.ask_ahead,
        )
        self._asking = Asking(
            self._preparation,
            parts.act,
            parts.tasks,
            note=parts.note,
            dispatch=self.dispatch,
            kept=lambda: parts.dialogue.keeps_record(self._state.step),
        )

    @property
    def language(self) -> str:
        """What the call is in now; a flow may change it."""
        return self._state.language

    @property
    def state(self) -> State:
        """Where the dialogue is."""
        return self._state

    @property
    def turn(self) -> int:
        """How many turns the caller had."""
        return self._turn

    @property
    def flow(self) -> str:
        """The flow's name."""
        return self._parts.dialogue.flow.name

    @property
    def sensitive(self) -> bool:
        """Whether nothing of what is said now may stay."""
        return self._is_sensitive(self._state.step) or self._parts.speaking.sensitive

    def _is_sensitive(self, step: str) -> bool:
        found = self._parts.dialogue.flow.steps.get(step)
        return found is not None and found.sensitive

    def _note_key(self, step: str, digit: str, method: str) -> None:
        kept = {} if self._is_sensitive(step) else {"digit": digit}
        self._parts.note(EventKind.KEY, step=step, **kept, method=method)

    # ------------------------------------------------------------ in

    def perform(self, actions: Sequence[Action]) -> None:
        """Do what the dialogue decided, in order."""
        self._parts.keep()
        for action in actions:
            self._do(action)
        self._attune()
        if self._leaving is not None and not self._parts.speaking.busy:
            self._go()

    def dispatch(self, event: Event) -> None:
        """Tell the dialogue, and do what it says."""
        self._state, actions = self._parts.dialogue.step(self._state, event, self._parts.now())
        if any(isinstance(action, Listen | Lookup | Search | Act | Leave) for action in actions):
            self._digits_until_ms = None
        self.perform(actions)

    def leave(self) -> None:
        """The call is with a person, or somewhere else: nobody here listens."""
        self._away = True
        self._attune()

    def back(self, event: Event) -> None:
        """The call is with the machine again (a transfer failed, a message is left)."""
        self._away = False
        self._quiet_since_ms = self._now_ms
        self.dispatch(event)

    def on_digit(self, digit: str, method: str) -> None:
        """A key; it stops the prompt at once."""
        listen = self._listen
        if self._leaving is not None:
            self._skip_to(self._leaving, digit, method)
            return
        if listen is None or self._away:
            return
        self._note_key(listen.step, digit, method)
        self._parts.hearing.drop_turn()
        self._stop_prompts(by="key")
        self._digits_until_ms = self._now_ms + round(listen.inter_digit_s * 1000)
        self.dispatch(Pressed(digit))

    def _skip_to(self, leaving: Leave, digit: str, method: str) -> None:
        """A key over the last words before a person, a beep: it needn't wait for their end."""
        if isinstance(leaving, HangUp):
            return
        self._note_key(self._state.step, digit, method)
        self._stop_prompts(by="key")
        if isinstance(leaving, Enqueue) and digit == leaving.leave_key:
            self._leaving = None
            self.dispatch(TransferDone("left_queue"))
        else:
            self._go()

    def on_held(self, *, on: bool) -> None:
        """The caller put us on hold: no time-out runs."""
        self._held = on
        self._quiet_since_ms = self._now_ms
        if self._digits_until_ms is not None and self._listen is not None:
            # What was keyed before the hold is waited for anew after it.
            self._digits_until_ms = self._now_ms + round(self._listen.inter_digit_s * 1000)
        self._parts.note(EventKind.HELD, on=on)

    def on_frame(self) -> None:
        """Once for each 20 ms heard: the time-outs of the step."""
        self._asking.on_frame(self._now_ms, speaking=self._parts.speaking.busy)
        listen = self._listen
        if listen is None or self._held or self._away:
            return
        if self._digits_until_ms is not None:
            # Who goes on by voice with what may not stay isn't heard at the step after it.
            goes_on = self._parts.hearing.occupied and self._is_sensitive(listen.step)
            if self._now_ms >= self._digits_until_ms and not goes_on:
                self._digits_until_ms = None
                self._quiet_since_ms = self._now_ms
                self.dispatch(DigitsTimedOut())
            return
        if self._parts.speaking.busy or self._parts.hearing.occupied:
            self._quiet_since_ms = self._now_ms
        elif self._now_ms - self._quiet_since_ms >= listen.no_input_s * 1000:
            self._quiet_since_ms = self._now_ms
            self.dispatch(NoInput())

    # ------------------------------------------------------------ hearing

    def on_speech_started(self) -> None:
        """Somebody speaks: the prompt holds its breath."""
        prompt = self._parts.speaking.current
        self._over = prompt
        self._ignored = False
        if prompt is None or self._noisy or self._mode(prompt) is not BargeIn.SPEECH:
            return
        if not self._parts.speaking.paused:
            self._parts.speaking.pause()
            self._parts.note(
                EventKind.PROMPT_PAUSED,
                utterance=prompt.utterance,
                position_ms=prompt.position_ms,
            )

    def on_provisional(self, transcript: Transcript, speech_s: float) -> bool:
        """Words of a turn that may not be over: nothing is said or done, much is prepared."""
        verdict = self._judge(transcript, speech_s)
        if verdict is Verdict.MEANT:
            if self._over is not None and self._mode(self._over) is BargeIn.KEYWORDS:
                self._stop_prompts(by="speech")
            self._preparation.expect(self._state, transcript)
        elif self._over is not None and self._parts.speaking.paused:
            self._resume(transcript, verdict)
        return verdict is not Verdict.NOISE or self._parts.speaking.busy

    def on_words(self, transcript: Transcript) -> None:
        """Words so far, for whoever watches."""
        if not self.sensitive and self._judge(transcript, 0.0) is not Verdict.NOISE:
            self._parts.so_far(transcript.text)

    def on_turn(self, heard: HeardTurn) -> None:
        """A turn is over."""
        transcript, listen = heard.transcript, self._listen
        if listen is None or self._away:
            return
        verdict = self._judge(transcript, heard.times.speech_s)
        self._noisy = verdict is Verdict.NOISE and heard.reason != "silence"
        unheard = (
            verdict is Verdict.NOISE
            and self._over is None
            and heard.times.speech_end_ms - heard.times.speech_start_ms >= UNHEARD_SPEECH_MS
        )
        if verdict is not Verdict.MEANT and not unheard:
            if not self._ignored:
                self._resume(transcript, verdict)
            self._over = None
            return
        if unheard:
            transcript = replace(transcript, hypotheses=())  # made up, if there are any
            heard = replace(heard, transcript=transcript)
        over, self._over = self._over, None
        share = over.heard_share if over is not None else 1.0
        self._stop_prompts(by="speech")
        self._turn += 1
        self._unanswered = self._turn
        data = heard_data(
            self._turn,
            heard,
            over_prompt=over is not None,
            share=share,
            sensitive=self._is_sensitive(listen.step),
        )
        self._parts.note(EventKind.HEARD, **data)
        self.dispatch(Heard(transcript, over_prompt=over is not None, prompt_heard=share))

    def on_hearing_failed(self, error: RecognizerFailed) -> None:
        """No recognizer could hear the turn: for the dialogue, nothing that matches."""
        self._parts.note(EventKind.ERROR, code=error.code, where="recognition")
        self._over = None
        self._parts.speaking.resume()
        if self._listen is not None and not self._away and not self._parts.speaking.busy:
            self.dispatch(Heard(Transcript(())))

    def _judge(self, transcript: Transcript, speech_s: float) -> Verdict:
        listen, over = self._listen, self._over
        if listen is None:
            return Verdict.NOISE
        if over is None:
            return judge(transcript, listen.expectation, today=self._parts.today)
        return judge(
            transcript,
            listen.expectation,
            mode=self._mode(over),
            prompt=over.say.text,
            prompt_heard=over.heard_share,
            speech_s=speech_s,
            today=self._parts.today,
        )

    def _resume(self, transcript: Transcript, verdict: Verdict) -> None:
        self._ignored = True
        text = {} if self._is_sensitive(self._state.step) else {"text": transcript.text}
        self._parts.note(EventKind.IGNORED, why=verdict.value, **text)
        if self._parts.speaking.paused:
            self._parts.speaking.resume()
            self._parts.note(EventKind.PROMPT_RESUMED)

    # ------------------------------------------------------------ speaking

    def on_prompt_started(self, prompt: Prompt) -> None:
        """Its first frame was played."""
        if not prompt.say.text:
            return  # music
        self._parts.note(EventKind.PROMPT, **prompt_data(prompt))
        self._attune()

    def on_prompt_finished(self, prompt: Prompt) -> None:
        """It was played to its end."""
        if not prompt.say.text:
            return
        self._parts.note(EventKind.PROMPT_FINISHED, utterance=prompt.utterance)

    def on_prompt_lost(self, prompt: Prompt) -> None:
        """The line dropped it."""
        self._note_stopped(prompt, by="line")

    def on_all_said(self) -> None:
        """Nothing is left to say: now the caller's time runs."""
        self._quiet_since_ms = self._now_ms
        self._attune()
        if self._leaving is not None:
            self._go()
        elif not self._away:
            self.dispatch(PromptFinished())

    def on_prompt_failed(self, prompt: Prompt, error: SynthesisFailed) -> None:
        """No voice can say it; the call goes on without."""
        self._parts.note(
            EventKind.ERROR, code=error.code, where="speech", utterance=prompt.utterance
        )

    def _stop_prompts(self, *, by: str) -> None:
        for prompt in self._parts.speaking.stop():
            self._note_stopped(prompt, by=by)

    def _note_stopped(self, prompt: Prompt, *, by: str) -> None:
        self._parts.note(
            EventKind.PROMPT_STOPPED,
            by=by,
            utterance=prompt.utterance,
            heard_ms=prompt.position_ms,
            total_ms=prompt.queued_ms if prompt.complete else None,
        )

    def _mode(self, prompt: Prompt) -> BargeIn:
        mode = prompt.say.barge_in
        return BargeIn.OFF if mode is BargeIn.SPEECH and not self._parts.turns.barge_in else mode

    def _attune(self) -> None:
        """Ears open only while an answer counts."""
        listen, prompt = self._listen, self._parts.speaking.current
        deaf = listen is None or self._away
        if deaf or (prompt is not None and self._mode(prompt) is BargeIn.OFF):
            self._parts.hearing.ignore()
            return
        assert listen is not None  # noqa: S101  what `deaf` says
        profile = profile_for(
            listen.expectation,
            max_speech_s=listen.max_speech_s,
            patience=self._parts.turns.patience,
        )
        self._parts.hearing.attend(listen.expectation, profile)

    # ------------------------------------------------------------ actions

    def _do(self, action: Action) -> None:
        match action:
            case Say():
                self._parts.speaking.say(action, turn=self._unanswered)
                self._unanswered = 0
            case Listen():
                self._listen = action
                self._quiet_since_ms = self._now_ms
                if action.gathering:
                    # The number is as long as it may be; a moment more for a key too many.
                    self._digits_until_ms = self._now_ms + round(action.inter_digit_s * 1000)
            case Lookup() | Act():
                self._listen = None
                self._asking.start(action, self._now_ms)
            case Search():
                self._listen = None
                self._parts.tasks.start(self._search(action), "search")
            case Note():
                kind = EventKind(action.kind)
                failed = kind in ASKED and action.data.get("outcome") == "failed"
                if kind not in LOGGED_WITH_TIMES or failed:
                    self._parts.note(kind, **action.data)
            case Transfer() | Enqueue() | RecordMessage() | HangUp():
                self._listen = None
                self._leaving = action

    def _go(self) -> None:
        action, self._leaving = self._leaving, None
        if action is not None:
            self._away = True
            self._parts.leave(action)

    async def _search(self, search: Search) -> None:
        self.dispatch(await self._preparation.searched(search))

    @property
    def _now_ms(self) -> int:
        return self._parts.hearing.now_ms
