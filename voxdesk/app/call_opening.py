"""What is found out and made ready between an INVITE and its answer."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from dialog.events import Action, Say
from voxdesk.app.services import Services
from voxdesk.kernel.call import CallId, Invite
from voxdesk.kernel.errors import VoxdeskError

FIRST_PROMPT_AT_MOST_S: Final = 3.0
"""To have the greeting ready before the caller is answered."""

log = logging.getLogger(__name__)


async def caller_facts(services: Services, call_id: CallId, caller: str) -> Mapping[str, Any]:
    """What the CRM knows of this number, if it says so in time."""
    timeout_s = services.settings.calls.lookup_timeout_s
    try:
        return await asyncio.wait_for(
            asyncio.to_thread(services.lookups.caller_facts, caller), timeout_s
        )
    except (TimeoutError, VoxdeskError):
        log.warning("call %s: the caller's record could not be read in time", call_id)
        return {"known": False}


async def prepare_greeting(services: Services, call_id: CallId, first: Sequence[Action]) -> None:
    """Have what is said first ready; for a short while only."""
    says = [action for action in first if isinstance(action, Say) and not action.sensitive]
    try:
        async with asyncio.timeout(FIRST_PROMPT_AT_MOST_S):
            for say in says:
                await services.speech.prepare(say.text, language=say.language)
    except (TimeoutError, VoxdeskError):
        log.warning("call %s: the greeting was not ready before the answer", call_id)


def who_calls(invite: Invite) -> dict[str, str]:
    """Both ends, as the record and the log have them."""
    return {
        "caller": invite.caller,
        "caller_name": invite.caller_name,
        "callee": invite.callee,
        "diverted_from": invite.diverted_from,
    }


def primary_tag(facts: Mapping[str, Any]) -> str:
    """The caller's language as the CRM knows it, "en" of "en-US"; empty when it doesn't."""
    return primary(str(facts.get("language") or ""))


def primary(language: str) -> str:
    """The primary tag: "en" of "en-US"."""
    return language.partition("-")[0].lower()
