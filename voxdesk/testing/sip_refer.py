"""How the phone takes a blind transfer: the answer to REFER and the NOTIFYs after it (RFC 3515)."""

from dataclasses import dataclass

from voxdesk.testing.sip_message import REASONS


@dataclass(frozen=True, slots=True)
class ReferPlan:
    """What to do with a REFER.

    Attributes:
        status: the answer to the REFER itself; 202 takes it on.
        follow: place the call and report what becomes of it.
        statuses: without `follow`: what to report instead, in order; an empty tuple reports
            nothing, ever.
        pause_s: before each report.
    """

    status: int = 202
    follow: bool = True
    statuses: tuple[int, ...] = ()
    pause_s: float = 0.05


FOLLOW = ReferPlan()


def refuse_refer(status: int = 603) -> ReferPlan:
    """The REFER itself is refused."""
    return ReferPlan(status=status, follow=False)


def pretend(*statuses: int, pause_s: float = 0.05) -> ReferPlan:
    """Take it on, call nobody, report these."""
    return ReferPlan(follow=False, statuses=statuses, pause_s=pause_s)


def notify_headers(*, final: bool) -> dict[str, str]:
    """Headers of a NOTIFY about a REFER."""
    state = "terminated;reason=noresource" if final else "active;expires=60"
    return {"Event": "refer", "Subscription-State": state}


def status_fragment(status: int) -> str:
    """Body of a NOTIFY: the status line of the new call."""
    return f"SIP/2.0 {status} {REASONS.get(status, 'Response')}\r\n"
