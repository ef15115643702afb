"""One POST to somebody else's server, through the gates that pictures are fetched through: public addresses only, by
name, at connecting and at the other end. No redirect is followed, nothing of ours goes along but what is sent.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from sinks.errors import StoreRefused
from sinks.notices.outgoing import Answer, Fate, Outgoing
from sinks.operational.notice_records import EMAIL
from streams.configuration.sections import NoticesSettings
from streams.fetching.addresses import AddressPolicy, public_only
from streams.fetching.buckets import TokenBuckets
from streams.fetching.connecting import KEEP_ALIVE_SECONDS, MAX_KEPT_HOSTS, CheckedConnector, KeptHosts
from streams.fetching.exchange import as_reasons, one_try
from streams.fetching.opening import World
from streams.fetching.outcomes import Reason, RefusedError
from streams.fetching.resolving import CheckedResolver, Lookup, SystemLookup
from streams.fetching.urls import UrlRules, read_url

MOST_ANSWER_BYTES = 65_536
MOST_ADDRESSES = 10_000
CONNECTIONS_PER_SECOND = 20.0  # to one address, whatever the hosts' names
FOR_GOOD = frozenset(
    {Reason.BAD_URL, Reason.URL_TOO_LONG, Reason.SCHEME, Reason.USERINFO, Reason.PORT, Reason.HOST_NAME, Reason.ADDRESS}
)
"""What no later try changes: a person must look."""
_MAILBOX = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """Use from one event loop."""

    session: aiohttp.ClientSession
    rules: UrlRules
    policy: AddressPolicy
    timeout_seconds: float

    async def post(self, outgoing: Outgoing) -> tuple[int, Mapping[str, str], bytes] | Answer:
        """Status, headers and the body's beginning; or, where there is no answer, what that means."""
        try:
            url = read_url(outgoing.url, self.rules, self.policy)
            async with asyncio.timeout(self.timeout_seconds):
                with as_reasons():
                    async with self.session.post(
                        url, data=outgoing.body, headers=outgoing.headers, allow_redirects=False
                    ) as response:
                        return response.status, response.headers, await _beginning(response)
        except RefusedError as error:
            fate = Fate.REFUSED if error.reason in FOR_GOOD else Fate.AGAIN
            return Answer(fate=fate, reason=error.reason.value)
        except TimeoutError:
            return Answer(fate=Fate.AGAIN, reason=Reason.NO_ANSWER.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressCheck:
    """Whether an address may be a destination: asked when one is saved. The sender's gates ask again each time."""

    settings: NoticesSettings
    rules: UrlRules
    policy: AddressPolicy
    lookup: Lookup

    async def __call__(self, kind: str, address: str) -> None:
        """Raises: StoreRefused, with what to correct; the address is not in it."""
        if kind == EMAIL:
            self._check_mailbox(address)
            return
        try:
            url = read_url(address, self.rules, self.policy)
            resolver = CheckedResolver(self.lookup, self.policy, _plenty(), lambda: 0.0)
            if url.raw_host is not None and not _is_literal(url.raw_host):
                await resolver.resolve(url.raw_host, url.port or 443)
        except RefusedError as error:
            raise StoreRefused(f"address: {_REMEDIES.get(error.reason, _OTHERWISE)} ({error.reason.value})") from None

    def _check_mailbox(self, address: str) -> None:
        if not self.settings.can_mail:
            raise StoreRefused(
                "address: no e-mail is sent from here: set [notices] smtp_host, sender and public_url first"
            )
        if not _MAILBOX.fullmatch(address):
            raise StoreRefused("address: must be one e-mail address, as name@example.com")


_OTHERWISE = "cannot be asked: write https://host/path of a server on the internet"
_REMEDIES = {
    Reason.SCHEME: "must begin with https://",
    Reason.PORT: "this port is not used: leave it out, or have it added to [notices] extra_ports",
    Reason.ADDRESS: "is or leads to a private address: name a server on the internet",
    Reason.HOST_NAME: "is a local name: name a server on the internet",
    Reason.UNRESOLVABLE: "its host's name is not known: is it spelled right?",
}


@asynccontextmanager
async def open_posting(
    settings: NoticesSettings, world: World | None = None
) -> AsyncIterator[tuple[Poster, AddressCheck]]:
    """A poster and the check of addresses that goes with it, in the running loop."""
    world = world or World()
    policy = world.policy or public_only(settings.refuse_networks)
    lookup = world.lookup or SystemLookup(settings.lookup_threads)
    buckets = TokenBuckets(rate=CONNECTIONS_PER_SECOND, burst=CONNECTIONS_PER_SECOND, max_keys=MAX_KEPT_HOSTS * 16)
    connector = CheckedConnector(
        resolver=CheckedResolver(lookup, policy, buckets, world.monotonic),
        policy=policy,
        tls=world.tls or ssl.create_default_context(cafile=settings.ca_file or None),
        opener=world.opener,
        kept=KeptHosts(MAX_KEPT_HOSTS, KEEP_ALIVE_SECONDS, world.monotonic),
    )
    rules = UrlRules(extra_ports=settings.ports)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        middlewares=(one_try,),
        headers={"User-Agent": "rightswatch-notices/1", "Accept-Encoding": "identity"},
        timeout=aiohttp.ClientTimeout(total=None, connect=settings.timeout_seconds),
    ) as session:
        try:
            yield (
                Poster(session=session, rules=rules, policy=policy, timeout_seconds=settings.timeout_seconds),
                AddressCheck(settings=settings, rules=rules, policy=policy, lookup=lookup),
            )
        finally:
            if isinstance(lookup, SystemLookup):
                lookup.close()


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    while len(body) < MOST_ANSWER_BYTES and (part := await response.content.readany()):
        body += part
    return bytes(body[:MOST_ANSWER_BYTES])


def _plenty() -> TokenBuckets:
    return TokenBuckets(rate=1e6, burst=1e6, max_keys=1)


def _is_literal(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
