import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxdesk.kernel.errors import ProtocolError
from voxdesk.testing.sip_auth import (
    Credentials,
    answer_challenge,
    is_authorized,
    make_challenge,
    parse_digest,
)
from voxdesk.testing.sip_message import (
    NotLoopback,
    SipMessage,
    SipUri,
    build_request,
    build_response,
    loopback_address,
)
from voxdesk.testing.sip_sdp import SessionDescription, describe

pytestmark = pytest.mark.unit

header_text = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"), blacklist_characters="\x85"),
    max_size=40,
).map(str.strip)

INVITE = (
    b"INVITE sip:ivr@127.0.0.1:5070 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKabc;rport\r\n"
    b'f: "Ann" <sip:+4930@127.0.0.1>;tag=f1\r\n'
    b"t: <sip:ivr@127.0.0.1:5070>\r\n"
    b"i: one@127.0.0.1\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Subject: a long\r\n  line\r\n"
    b"l: 4\r\n\r\nbody"
)


def test_a_request_in_compact_form_is_read() -> None:
    message = SipMessage.parse(INVITE)

    assert (message.method, message.cseq, message.call_id) == ("INVITE", 7, "one@127.0.0.1")
    assert (message.branch, message.from_tag, message.to_tag) == ("z9hG4bKabc", "f1", "")
    assert message.get("subject") == "a long line"
    assert message.body == "body"
    assert not message.is_response


def test_a_response_goes_back_the_way_the_request_came() -> None:
    request = SipMessage.parse(INVITE)

    response = build_response(request, 486, to_tag="t1")

    assert (response.status, response.reason, response.method) == (486, "Busy Here", "INVITE")
    assert response.get("Via") == request.get("Via")
    assert (response.from_tag, response.to_tag) == ("f1", "t1")


@given(st.lists(st.tuples(st.just("X-Any"), header_text), max_size=5), header_text)
def test_what_is_sent_is_what_is_read(headers: list[tuple[str, str]], body: str) -> None:
    message = build_request("INFO", "sip:a@127.0.0.1:5060", headers, body)

    read = SipMessage.parse(message.encode())

    assert read.all("X-Any") == [value for _, value in headers]
    assert read.body == body


@given(st.binary(max_size=200).filter(lambda datagram: b"SIP/2.0" not in datagram))
def test_rubbish_is_refused_and_never_crashes(datagram: bytes) -> None:
    with pytest.raises(ProtocolError):
        SipMessage.parse(datagram)


@pytest.mark.parametrize(
    ("text", "user", "port"),
    [
        ("sip:ivr@127.0.0.1", "ivr", 5060),
        ('"Ann" <sip:+49@127.0.0.1:5080;transport=udp>;tag=x', "+49", 5080),
        ("sip:127.0.0.1:5099", "", 5099),
    ],
)
def test_a_uri_is_read(text: str, user: str, port: int) -> None:
    uri = SipUri.parse(text)

    assert (uri.user, uri.host, uri.port) == (user, "127.0.0.1", port)


@pytest.mark.parametrize("host", ["10.0.0.1", "example.com", "8.8.8.8", "0.0.0.0", "::1", ""])  # noqa: S104 a target that must be refused
def test_no_other_machine_is_ever_called(host: str) -> None:
    with pytest.raises(NotLoopback):
        loopback_address(host, 5060)


def test_this_machine_may_be_called() -> None:
    assert loopback_address("localhost", 5060) == ("127.0.0.1", 5060)
    assert loopback_address("127.0.0.9", 5060) == ("127.0.0.9", 5060)


def test_the_digest_is_the_one_of_rfc_2069() -> None:
    challenge = (
        'Digest realm="testrealm@host.com", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    credentials = Credentials("Mufasa", "Circle Of Life")

    answer = parse_digest(answer_challenge(challenge, credentials, "GET", "/dir/index.html"))

    assert answer["response"] == "670fd8c2df070c60b045671b8b24ff02"
    assert answer["opaque"] == "5ccc069c403ebaf9f0171e9517f40e41"


def test_only_the_right_password_opens() -> None:
    trunk = Credentials("ivr", "secret")
    nonce, challenge = make_challenge(trunk)
    right = answer_challenge(challenge, trunk, "INVITE", "sip:a@127.0.0.1")
    wrong = answer_challenge(challenge, Credentials("ivr", "guess"), "INVITE", "sip:a@127.0.0.1")

    assert is_authorized(right, trunk, "INVITE", {nonce})
    assert not is_authorized(wrong, trunk, "INVITE", {nonce})
    assert not is_authorized(right, trunk, "REGISTER", {nonce})
    assert not is_authorized(right, trunk, "INVITE", {"another"})
    assert not is_authorized("", trunk, "INVITE", {nonce})


def test_an_offer_says_what_it_was_told_to() -> None:
    body = describe("127.0.0.1", 4000, ("PCMA", "opus"), direction="sendonly")

    read = SessionDescription.parse(body)

    assert (read.host, read.port, read.direction) == ("127.0.0.1", 4000, "sendonly")
    assert read.codecs == ((8, "PCMA"), (96, "opus"))
    assert read.event_payload_type == 101


def test_an_answer_without_rtpmap_or_audio() -> None:
    read = SessionDescription.parse("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 8 0\r\n")

    assert read.codecs == ((8, "PCMA"), (0, "PCMU"))
    assert read.direction == "sendrecv"
    with pytest.raises(ProtocolError):
        SessionDescription.parse("v=0\r\nm=video 9 RTP/AVP 96\r\n")
    with pytest.raises(ProtocolError, match="can't be offered"):
        describe("127.0.0.1", 9, ("MP3",))
