"""Simulated callers without sound: the flow alone, for fast work on it."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from dialog import events
from dialog.dialogue import Dialogue
from dialog.flow_file import load_flow
from dialog.flow_tests.noise import Noise
from dialog.flow_tests.script import Says as Heard
from dialog.prompts import Prompts
from dialog.text_call import TextCall
from tests.bench.callers.caller import Caller, HangsUp, Presses, Says, Waits
from tests.bench.callers.errands import Effects, Errand
from tests.bench.callers.personas import Person
from tests.bench.callers.report import Held, Turn
from tests.bench.callers.wordings import Wordings
from tests.bench.speech import ROOT
from voxdesk.app.intents.on_demand import intents_of

FLOW = ROOT / "config" / "flows" / "shop.yaml"
_HEARD_WHEN_INTERRUPTED = 0.6


def shop_dialogue() -> Dialogue:
    """The shop's, with what it learnt of its examples."""
    flow = load_flow(FLOW)
    state = Path(tempfile.gettempdir()) / "voxdesk-callers"
    state.mkdir(exist_ok=True)
    prompts = Prompts.load(ROOT / "config" / "prompts")
    return Dialogue(flow, prompts, intents=intents_of(flow, state))


def hold(
    dialogue: Dialogue,
    errand: Errand,
    kind: str,
    wordings: Wordings,
    *,
    today: date,
    errors: float = 0.0,
    seed: str = "",
) -> Held:
    """One call; `errors` is the share of words that the recognizer gets wrong."""
    order = errand.order
    records = {}
    if order is not None:
        records["order", order.number] = {
            "number": order.number,
            "status": order.status,
            "item": order.item,
            "total_cents": order.total_cents,
            "currency": "USD",
            "eta": order.eta.isoformat() if order.eta else "",
            "delivered_on": order.delivered_on.isoformat() if order.delivered_on else "",
            "carrier": order.carrier,
        }
    known = {"known": True, "customer_id": 1, "first_name": "Ann", "language": errand.language}
    call = TextCall(dialogue, caller=known, today=today.isoformat(), records=records)
    noise = Noise(errors, seed) if errors else None
    caller = Caller(errand, Person(kind, errand.language, wordings, seed))
    turns: list[Turn] = []
    while isinstance(call.pending, events.Listen):
        said, step = call.heard_now, call.step
        doing = caller.react(said)
        turns.append(Turn(step, said, _shown(doing)))
        match doing:
            case Says(text=text, interrupts=interrupts):
                heard = noise(Heard((text,)), errand.language) if noise else Heard((text,))
                share = _HEARD_WHEN_INTERRUPTED if interrupts else 1.0
                call.says(
                    *heard.n_best,
                    confidence=heard.confidence,
                    over_prompt=interrupts,
                    prompt_heard=share,
                )
            case Presses(keys=keys):
                call.presses(keys)
            case Waits():
                call.is_silent()
            case HangsUp():
                break
    turns.append(Turn(call.step, call.heard_now, ""))
    effects = Effects(call.said, _done(call.actions), call.ended)
    return Held(errand, kind, effects, turns, caller.sources)


def _done(actions: Sequence[events.Action]) -> list[tuple[str, dict[str, str]]]:
    done = [
        (action.what, dict(action.given)) for action in actions if isinstance(action, events.Act)
    ]
    for action in actions:
        if isinstance(action, events.Note) and action.data.get("state") == "answered":
            given = {"rating": str(action.data.get("value", ""))}
            if action.data.get("question") == "satisfaction":
                done.append(("survey", given))
    return done


def _shown(doing: object) -> str:
    match doing:
        case Says(text=text):
            return text
        case Presses(keys=keys):
            return f"[{keys}]"
        case Waits():
            return "[silent]"
        case HangsUp(why=why):
            return f"[hangs up: {why}]"
    return ""
