"""Whether TLS's certificate is valid, and whether the key is its own."""

import ssl
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from voxdesk.app.doctor.der import validity_of
from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning

AREA: Final = "certificate"
SOON: Final = timedelta(days=21)
ASK_AGAIN: Final = "Get a new certificate, and restart."


def check_certificates(machine: Machine) -> Sequence[Finding]:
    """Nothing to say without TLS."""
    tls = machine.settings.sip.tls
    if not tls.certificate:
        return []
    key = Path(tls.key or tls.certificate)
    return list(look_at(Path(tls.certificate), key, datetime.now(UTC)))


def look_at(certificate: Path, key: Path, now: datetime) -> Iterator[Finding]:
    """One certificate (PEM, the chain behind it) and its key."""
    try:
        text = certificate.read_text(encoding="ascii", errors="replace")
        begins, ends = validity_of(ssl.PEM_cert_to_DER_cert(_first_block(text)))
    except OSError as error:
        yield problem(
            AREA,
            f"{certificate} can't be read: {error.strerror}.",
            "Name the right file, readable.",
        )
        return
    except ValueError:
        yield problem(AREA, f"{certificate} is no PEM certificate.", "Name the right file.")
        return
    yield judge(certificate, begins, ends, now)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_none)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            yield problem(
                AREA, f"{key} is not the key of {certificate}.", "Name the key that belongs to it."
            )
        else:
            yield problem(AREA, f"{key} is no key without a passphrase, in PEM.", "Name its key.")
    except OSError as error:
        yield problem(AREA, f"{key} can't be read: {error.strerror}.", "Name the key, readable.")
    else:
        yield ok(AREA, "The key belongs to the certificate.")


def judge(certificate: Path, begins: datetime, ends: datetime, now: datetime) -> Finding:
    """Pure: whether it is valid at this time."""
    if now < begins:
        return problem(
            AREA,
            f"{certificate} is valid only from {begins:%Y-%m-%d} on.",
            "See whether the machine's clock is right.",
        )
    if now >= ends:
        return problem(AREA, f"{certificate} expired on {ends:%Y-%m-%d}.", ASK_AGAIN)
    days = (ends - now).days
    if ends - now < SOON:
        return warning(AREA, f"{certificate} expires in {days} days.", ASK_AGAIN)
    return ok(AREA, f"{certificate} is valid for {days} days more.")


def _first_block(text: str) -> str:
    end = "-----END CERTIFICATE-----"
    start = text.find("-----BEGIN CERTIFICATE-----")
    stop = text.find(end)
    if start < 0 or stop < 0:
        raise ValueError("no certificate")
    return text[start : stop + len(end)]


def _none() -> str:
    return ""  # asked for a passphrase, a program has none; without this, OpenSSL asks the terminal
