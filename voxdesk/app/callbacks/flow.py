"""The flow that those hear whom we call back, of our own wordings; where there is no other."""

import json
from typing import Final

from dialog.flow_file import check_text
from dialog.prompts import Prompts
from voxdesk.app.live_flows import LoadedFlow
from voxdesk.kernel.errors import FlowError

NAME: Final = "_callback"


def callback_flow(prompts: Prompts) -> LoadedFlow:
    """The flow, in every language that there is wording for.

    They are asked whether they want to talk now: a machine that answers doesn't say yes, and no
    agent's time is wasted on it.

    Raises:
        FlowError: a wording can't be said.
    """

    def texts(key: str, before: str = "") -> dict[str, str]:
        return {tag: f"{before}{prompts.get(key, tag)}" for tag in prompts.languages}

    ways = ("left_queue", "timed_out", "no_agents", "failed")
    text = {
        "languages": list(prompts.languages),
        "steps": {
            "hello": {
                "ask": "yes_no",
                "prompt": texts("callback_hello", "{{ caller.callback.greeting }} "),
                "attempts": 1,
                "yes": "people",
                "no": "not_now",
                "give_up": "nobody",
            },
            "people": {
                "queue": "callbacks",
                "prompt": texts("one_moment"),
                "whisper": "{{ caller.callback.note }}"
                if len(prompts.languages) == 1
                else dict.fromkeys(prompts.languages, "{{ caller.callback.note }}"),
                "max_wait_s": 300,
                "then": "bye",
                **dict.fromkeys(ways, "sorry"),
            },
            "sorry": {"end": texts("callback_nobody"), "reason": "no_agent"},
            "not_now": {"end": texts("callback_declined"), "reason": "declined"},
            "nobody": {"end": texts("goodbye"), "reason": "no_person"},
            "bye": {"end": texts("goodbye")},
        },
    }
    data = json.dumps(text, ensure_ascii=False, indent=1).encode()  # JSON is YAML
    checked = check_text(data, name=NAME, path=NAME)
    if checked.flow is None or checked.problems:
        raise FlowError(f"The wordings of callbacks in config/prompts:\n{checked.report}")
    return LoadedFlow(checked.flow, data)
