"""The state of one SIP dialog: identities, sequence numbers, route (RFC 3261 12)."""

import re
import secrets
from dataclasses import dataclass, field

from voxdesk.testing.sip_message import Address, SipMessage, SipUri, build_request
from voxdesk.testing.sip_transport import SipTransport, new_branch

USER_AGENT = "voxdesk-softphone"


def new_tag() -> str:
    """A dialog tag."""
    return secrets.token_hex(6)


def split_routes(values: list[str]) -> list[str]:
    """Record-Route values, one a hop."""
    return [route.strip() for value in values for route in re.split(r",(?=\s*<)", value)]


@dataclass(slots=True)
class Dialog:
    """Both ends of a call, as this phone sees them.

    Attributes:
        local: From value without tag.
        remote: To value without tag.
        remote_target: URI that requests go to.
        routes: hops before it, nearest first.
    """

    transport: SipTransport
    call_id: str
    local: str
    remote: str
    remote_target: str
    user: str
    local_tag: str = field(default_factory=new_tag)
    remote_tag: str = ""
    sequence: int = 0
    routes: list[str] = field(default_factory=list)
    outbound_proxy: str = ""

    @classmethod
    def of_incoming(cls, transport: SipTransport, invite: SipMessage, user: str) -> "Dialog":
        """The called side of an INVITE."""
        return cls(
            transport=transport,
            call_id=invite.call_id,
            local=re.sub(r";\s*tag=[^;,\s]+", "", invite.get("To")),
            remote=re.sub(r";\s*tag=[^;,\s]+", "", invite.get("From")),
            remote_target=str(SipUri.parse(invite.get("Contact") or invite.get("From"))),
            user=user,
            remote_tag=invite.from_tag,
            routes=split_routes(invite.all("Record-Route")),
        )

    @property
    def contact(self) -> str:
        """Where this phone wants the dialog's requests."""
        host, port = self.transport.address
        return f"<sip:{self.user}@{host}:{port}>"

    @property
    def next_hop(self) -> Address:
        """Where the next request is sent."""
        first = self.routes[0] if self.routes else self.outbound_proxy or self.remote_target
        return SipUri.parse(first).address

    def learn(self, response: SipMessage) -> None:
        """Take tag, target and route from an answer to our INVITE."""
        self.remote_tag = response.to_tag
        contact = response.get("Contact")
        if contact:
            self.remote_target = str(SipUri.parse(contact))
        if response.status >= 200:  # noqa: PLR2004 the route is fixed by the final answer
            self.routes = split_routes(response.all("Record-Route"))[::-1]

    def request(
        self,
        method: str,
        *,
        headers: list[tuple[str, str]] | None = None,
        body: str = "",
        content_type: str = "application/sdp",
        sequence: int | None = None,
        branch: str | None = None,
    ) -> SipMessage:
        """The next request in this dialog; ACK and CANCEL name the INVITE's sequence number."""
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        to = f"{self.remote};tag={self.remote_tag}" if self.remote_tag else self.remote
        fields = [
            self.transport.via(branch or new_branch()),
            ("Max-Forwards", "70"),
            ("From", f"{self.local};tag={self.local_tag}"),
            ("To", to),
            ("Call-ID", self.call_id),
            ("CSeq", f"{sequence} {method}"),
            ("Contact", self.contact),
            ("User-Agent", USER_AGENT),
            *(("Route", route) for route in self.routes),
            *(headers or []),
        ]
        if body:
            fields.append(("Content-Type", content_type))
        return build_request(method, self.remote_target, fields, body)
