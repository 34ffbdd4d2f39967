"""What a running engine would like somebody to mend, in sentences. Calls go on all the same."""

from collections.abc import Iterable, Iterator, Sequence

from asr.workers import DecodingPool
from crm.calls.call_log import CallLogStatus
from dialog.catalogue import Catalogue
from dialog.flow import Flow
from dialog.flow_named import names_missing
from telephony.line_client import LineStatus
from voxdesk.app.services import Services


def troubles_of(services: Services, lines: Sequence[LineStatus], pool: DecodingPool) -> list[str]:
    """Everything that is wrong now; empty when all is well."""
    return [
        *_lines(lines),
        *_call_log(services.call_log.status),
        *([f"Calls are not recorded: {why}."] if (why := services.recordings.trouble) else []),
        *([f"Prompts are not kept: {why}."] if (why := services.speech.trouble) else []),
        *(["The queue's database is away; callers wait."] if services.queue.failing else []),
        *_threads(pool.renewed),
    ]


def lacking_outside(flows: Iterable[Flow], catalogue: Catalogue) -> list[str]:
    """What flows name and no service declares here: callers hear an apology there."""
    return [
        f"Flow {flow.name}, {name}: no file in config/services declares that; callers hear an "
        "apology."
        for flow in flows
        for name in names_missing(flow, catalogue)
    ]


def _lines(lines: Sequence[LineStatus]) -> Iterator[str]:
    for line in lines:
        if not line.ready:
            yield f"{line.name} is down; it is being started again."


def _call_log(status: CallLogStatus) -> Iterator[str]:
    if status.spooling:
        yield "The database does not take the calls' logs; they wait on disk."
    if status.lost:
        yield f"{status.lost} entries of calls' logs are lost: neither database nor disk took them."
    if status.rejected:
        yield (
            f"The database refused {status.rejected} entries of calls' logs; they are in "
            "spool/call_log.rejected.jsonl."
        )


def _threads(renewed: int) -> Iterator[str]:
    if renewed:
        times = "once" if renewed == 1 else f"{renewed} times"
        yield f"Recognition hung {times} since the start; if it goes on, restart when it is quiet."
