import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.line.sip_text import (
    MAX_HEADERS,
    MAX_NAME,
    MAX_VALUE,
    clean,
    display_name_of,
    quoted,
    read_invite,
    safe_headers,
    user_of,
)
from telephony.sip_uri import check_sip_uri
from voxdesk.kernel.errors import TelephonyError

pytestmark = pytest.mark.unit

anything = st.text(max_size=400)


def invite(*headers: str, start: str = "INVITE sip:100@ivr.example SIP/2.0") -> str:
    return "\r\n".join((start, *headers)) + "\r\n\r\nv=0\r\nX-In-Body: no\r\n"


@given(anything)
def test_whatever_arrives_is_read_into_clean_short_fields(message: str) -> None:
    read = read_invite(1, message, message)

    texts = [read.caller, read.callee, read.caller_name, read.diverted_from, read.source]
    for text in [*texts, read.sip_call_id, *read.headers, *read.headers.values()]:
        assert len(text) <= MAX_VALUE
        assert not any(ord(character) < 32 for character in text)
        text.encode()


@given(st.lists(st.tuples(st.text("abX-:\r\n ", max_size=12), anything), max_size=90))
def test_hostile_headers_stay_headers(pairs: list[tuple[str, str]]) -> None:
    read = read_invite(1, invite(*(f"{name}: {value}" for name, value in pairs)), "")

    assert len(read.headers) <= MAX_HEADERS
    assert "X-In-Body" not in read.headers


@given(st.dictionaries(anything, anything, max_size=5))
def test_headers_that_we_send_can_not_break_out(headers: dict[str, str]) -> None:
    for name, value in safe_headers(headers):
        assert name.isascii()
        assert not set(name) & set(": \r\n")
        assert not set(value) & set("\r\n\0")


@given(anything)
def test_a_display_name_stays_inside_its_quotes(name: str) -> None:
    inner = quoted(name)[1:-1]

    assert '"' not in inner
    assert "\\" not in inner
    assert len(inner) <= MAX_NAME


def test_routing_and_credentials_are_never_set_or_shown() -> None:
    wanted = {
        "X-Order": "1",
        "Via": "x",
        "Authorization": "x",
        "Content-Length": "0",
        "Bad Name": "",
    }
    assert safe_headers(wanted) == [("X-Order", "1")]
    shown = read_invite(1, invite("v: x", "Authorization: Digest x", "X-Order: 1"), "").headers
    assert shown == {"X-Order": "1"}


@pytest.mark.parametrize(
    ("value", "user", "name"),
    [
        ('"Ann Lee" <sip:+15550100@trunk.example;user=phone>;tag=1', "+15550100", "Ann Lee"),
        ("Ann <sips:ann@example>", "ann", "Ann"),
        ("<tel:+15550100;phone-context=x>", "+15550100", ""),
        ("sip:ann@example;tag=1", "ann", ""),
        ('"evil <sip:boss@x>" <sip:good@example>', "good", "evil <sip:boss@x>"),
        ('"say \\"hi\\"" <sip:a%20b@x>', "a b", 'say "hi"'),
        ("<sip:host.example;user=phone>", "", ""),
        ("", "", ""),
    ],
)
def test_who_a_header_names(value: str, user: str, name: str) -> None:
    assert user_of(value) == user
    assert display_name_of(value) == name


def test_the_asserted_identity_goes_before_from_and_compact_forms_are_known() -> None:
    read = read_invite(
        7,
        invite(
            "f: Someone <sip:anonymous@x>",
            "i: abc@x",
            "P-Asserted-Identity: <sip:+15550100@trunk>",
            "History-Info: <sip:+15550111@x>;index=1, <sip:100@x>;index=1.1",
            "X-Folded: one",
            "  two",
        ),
        "192.0.2.1:5060",
    )

    assert (read.caller, read.caller_name, read.callee) == ("+15550100", "Someone", "100")
    assert read.diverted_from == "+15550111"
    assert (read.sip_call_id, read.source) == ("abc@x", "192.0.2.1:5060")
    assert read.headers["X-Folded"] == "one two"


def test_cleaning_keeps_what_people_write() -> None:
    assert clean("  张伟 \u2028Zoë\x00\x1b[2J ") == "张伟  Zoë [2J"


@pytest.mark.parametrize(
    "uri",
    [
        "sip:100@127.0.0.1:5060",
        "sip:+15550100@trunk.example.com;user=phone",
        "sip:trunk.example.com",
        "sip:100@[2001:db8::1]:5061;transport=tcp",
        "sips:a.b%20c@example",
    ],
)
def test_sip_uris_that_can_be_dialled(uri: str) -> None:
    assert check_sip_uri(uri) == uri


@given(st.from_regex(r"sips?:[a-z0-9+]*@?[a-z0-9.\[\]:;=<> \r\n]*", fullmatch=True))
def test_whatever_passes_as_a_uri_is_one_printable_word(uri: str) -> None:
    try:
        check_sip_uri(uri)
    except TelephonyError:
        return
    assert uri.isascii()
    assert uri.isprintable()
    assert not set(uri) & set(' <>"')


def test_a_refused_number_is_not_repeated_in_the_error() -> None:
    with pytest.raises(TelephonyError) as caught:
        check_sip_uri("tel:+15550100123")

    assert "15550100123" not in str(caught.value)


@pytest.mark.parametrize(
    "uri", ["sip:a@b:0", "sip:a@b:99999", "sip:a@b?X=y", "SIP", "sip:a@" + "b" * 300]
)
def test_sip_uris_that_can_not(uri: str) -> None:
    with pytest.raises(TelephonyError, match="sip:100@"):
        check_sip_uri(uri)
