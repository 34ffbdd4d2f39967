"""Digest authentication (RFC 2617, RFC 8760 for SHA-256), both sides. Pure but for the nonce."""

import hashlib
import re
import secrets
from dataclasses import dataclass

from voxdesk.kernel.errors import TelephonyError

_PAIR = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^",\s]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A trunk account: its user, password and, when it challenges, its realm."""

    user: str
    password: str
    realm: str = "voxdesk-test"


def parse_digest(header: str) -> dict[str, str]:
    """`Digest a="b", c=d` as a dict."""
    return {name: quoted or plain for name, quoted, plain in _PAIR.findall(header)}


def _response(
    credentials: Credentials, method: str, fields: dict[str, str], cnonce: str, count: str
) -> str:
    algorithm = fields.get("algorithm", "MD5").upper()
    if algorithm not in _HASHES:
        raise TelephonyError(f"digest algorithm {algorithm} is not known; MD5 or SHA-256 is")

    def digest(text: str) -> str:
        return _HASHES[algorithm](text.encode()).hexdigest()

    secret = digest(f"{credentials.user}:{fields['realm']}:{credentials.password}")
    request = digest(f"{method}:{fields['uri']}")
    if "qop" in fields:
        return digest(f"{secret}:{fields['nonce']}:{count}:{cnonce}:auth:{request}")
    return digest(f"{secret}:{fields['nonce']}:{request}")


def answer_challenge(challenge: str, credentials: Credentials, method: str, uri: str) -> str:
    """The value of Authorization that answers a WWW- or Proxy-Authenticate."""
    fields = parse_digest(challenge) | {"uri": uri}
    cnonce, count = secrets.token_hex(8), "00000001"
    response = _response(credentials, method, fields, cnonce, count)
    value = (
        f'Digest username="{credentials.user}", realm="{fields["realm"]}", '
        f'nonce="{fields["nonce"]}", uri="{uri}", response="{response}", '
        f"algorithm={fields.get('algorithm', 'MD5')}"
    )
    if "opaque" in fields:
        value += f', opaque="{fields["opaque"]}"'
    if "qop" in fields:
        value += f', qop=auth, nc={count}, cnonce="{cnonce}"'
    return value


def make_challenge(credentials: Credentials) -> tuple[str, str]:
    """A fresh nonce and the value of WWW-Authenticate that carries it."""
    nonce = secrets.token_hex(16)
    return nonce, f'Digest realm="{credentials.realm}", nonce="{nonce}", algorithm=MD5, qop="auth"'


def is_authorized(
    authorization: str, credentials: Credentials, method: str, nonces: set[str]
) -> bool:
    """Whether an Authorization header proves these credentials for a nonce that we gave."""
    fields = parse_digest(authorization)
    if fields.get("nonce") not in nonces or fields.get("username") != credentials.user:
        return False
    if fields.get("realm") != credentials.realm or "uri" not in fields:
        return False
    expected = _response(
        credentials, method, fields, fields.get("cnonce", ""), fields.get("nc", "")
    )
    return secrets.compare_digest(expected, fields.get("response", ""))
