"""Getting in at the broker: TLS as the settings say, and why it refuses, which aiokafka only writes into its log."""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import dataclass
from typing import Any

from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.helpers import create_ssl_context
from aiokafka.protocol.metadata import MetadataRequest

from streams.configuration.sections import KafkaSettings
from streams.errors import BrokerError

ANSWER_MILLISECONDS = 5_000
# At debug it writes whole requests, the password of PLAIN among them.
logging.getLogger("aiokafka.conn").setLevel(logging.WARNING)


def tls_context(kafka: KafkaSettings) -> ssl.SSLContext | None:
    """The authorities that we trust and our own certificate; None without TLS.

    Raises:
        BrokerError: a file is missing or holds something else.
    """
    if not kafka.uses_tls:
        return None
    try:
        context: ssl.SSLContext = create_ssl_context(
            cafile=kafka.ca_file or None, certfile=kafka.cert_file or None, keyfile=kafka.key_file or None
        )
    except OSError as error:  # ssl.SSLError is one
        files = ", ".join(file for file in (kafka.ca_file, kafka.cert_file, kafka.key_file) if file)
        raise BrokerError(
            f"[kafka] ca_file, cert_file, key_file: cannot use {files} ({error.strerror or error}): each must be a PEM "
            "file that this user may read, the key without a passphrase"
        ) from error
    return context


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the broker does not let us in, with the remedy; `is_certain`: waiting will not help."""

    reason: str
    is_certain: bool = True

    def __str__(self) -> str:
        return self.reason


async def why_refused(kafka: KafkaSettings, options: dict[str, Any]) -> Refusal | None:
    """Why no address of the broker lets us in; None when one does or when all are just away.

    `options` are those of every client. The password is in no message.
    """
    reasons = [await _ask(address, kafka, options) for address in kafka.bootstrap.split(",")]
    return reasons[0] if all(reasons) else None


async def _ask(address: str, kafka: KafkaSettings, options: dict[str, Any]) -> Refusal | None:
    host, _, port = address.strip().rpartition(":")
    credentials = {name: value for name, value in options.items() if name != "bootstrap_servers"}
    try:
        await _reach(
            AIOKafkaConnection(host.strip("[]"), int(port or 0), request_timeout_ms=ANSWER_MILLISECONDS, **credentials)
        )
    except (SaslAuthenticationFailed, IllegalSaslStateError):
        remedy = "correct [kafka] sasl_username and sasl_password, or what is in sasl_password_file"
        return Refusal(f"it refuses the user {kafka.sasl_username!r} or the password: {remedy}")
    except UnsupportedSaslMechanismError:
        return Refusal(f"it does not take {kafka.sasl_mechanism}: correct [kafka] sasl_mechanism")
    except ssl.SSLCertVerificationError as error:
        return Refusal(
            f"its certificate is not to be trusted ({error.verify_message}): [kafka] ca_file must hold the authority "
            "that signed it, and [kafka] bootstrap the name that it is for"
        )
    except ssl.SSLError as error:
        return Refusal(
            f"there is no TLS with it ({error.reason or error}): [kafka] security_protocol must be that of the "
            "listener, and cert_file and key_file are needed where it asks for a certificate"
        )
    except KafkaConnectionError:  # nobody listening would be an OSError
        return _hung_up(kafka)
    except (KafkaError, OSError, ValueError):  # a timeout is an OSError
        return None
    return None


async def _reach(connection: AIOKafkaConnection) -> None:
    """Connect, ask, hang up. What is open has ended when this returns or raises: over TLS both sides say goodbye first,
    and an event loop that ends meanwhile would leave the socket open.
    """
    try:
        await connection.connect()
        await connection.send(MetadataRequest([]))
    except OSError:  # it never opened, or is silent
        connection.close()
        raise
    except KafkaError:
        await _end(connection)
        raise
    await _end(connection)


async def _end(connection: AIOKafkaConnection) -> None:
    await asyncio.wait([connection.close()], timeout=ANSWER_MILLISECONDS / 1000)


def _hung_up(kafka: KafkaSettings) -> Refusal:
    """It may be a proxy whose broker is away, too."""
    return Refusal(
        f"it ends the connection of a client with security_protocol {kafka.security_protocol}: [kafka] "
        "security_protocol must be that of the listener that bootstrap names, and cert_file and key_file are needed "
        "where it asks for a certificate",
        is_certain=False,
    )
