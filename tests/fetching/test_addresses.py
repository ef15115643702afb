"""Where a connection may go, by three gates that each hold alone."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

import aiohttp
import pytest

from streams.fetching.addresses import is_public, public_only
from streams.fetching.buckets import TokenBuckets
from streams.fetching.connecting import AddressRefusedError, CheckedConnector, KeptHosts, open_socket
from streams.fetching.outcomes import Reason, RefusedError
from streams.fetching.resolving import CheckedResolver, SystemLookup
from tests.fetching.net import CLIENT_TLS, HOST, JPEG, Net, desk, head, raw_server, says


def words(text: str) -> list[str]:
    return text.split()


NOT_PUBLIC = words("""
0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255 168.63.129.16
169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.0 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1
192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 :: ::1 ::2 ::ffff:0:0 ::ffff:127.0.0.1 ::ffff:93.184.216.34 ::ffff:0:127.0.0.1 64:ff9b::a00:1
64:ff9b::5db8:d822 64:ff9b:1::1 100::1 2001::1 2001:0:53aa:64c:: 2001:10::1 2001:20::1 2001:1ff:ffff::1 2001:db8::1
2002:7f00:1:: 2002:5db8:d822:: 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fd12:3456::1 fe80::1 fe80::1%eth0 feb0::1
fec0::1 ff02::1 ff0e::1 2606:4700::1111%eth0
""")
PUBLIC = words("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
169.253.255.255 172.15.255.255 172.32.0.0 191.255.255.255 192.167.255.255 198.17.255.255 198.20.0.0 223.255.255.255
2001:200::1 2001:4860:4860::8888 2003::1 2400:3200::1 2606:4700::1111 2a00:1450::1 3ffe::1
""")


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_an_address_that_is_no_public_hosts_is_known(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


def test_the_operators_own_networks_are_refused_too() -> None:
    policy = public_only(["93.184.216.0/24", "2606:4700::/32"])
    texts = ["93.184.216.34", "2606:4700::1111", "8.8.8.8", "2001:4860:4860::8888"]
    assert [policy(ipaddress.ip_address(text), 443) for text in texts] == [False, False, True, True]


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (["127.0.0.1"], Reason.ADDRESS),
        (["10.0.0.1"], Reason.ADDRESS),
        (["169.254.169.254"], Reason.ADDRESS),
        (["93.184.216.34", "127.0.0.1"], Reason.ADDRESS),
        (["127.0.0.1", "93.184.216.34"], Reason.ADDRESS),
        (["93.184.216.34", "2606:4700::1111", "fd00::1"], Reason.ADDRESS),
        (["93.184.216.34"] * 20 + ["10.0.0.1"], Reason.ADDRESS),
        (["::ffff:127.0.0.1"], Reason.ADDRESS),
        (["64:ff9b::127.0.0.1"], Reason.ADDRESS),
        (["fe80::1%1"], Reason.ADDRESS),
        (["0x7f.1"], Reason.ADDRESS),
        (["127.1"], Reason.ADDRESS),
        (["not an address"], Reason.ADDRESS),
        ([""], Reason.ADDRESS),
        (["93.184.216.34"] * 65, Reason.ADDRESS),
        ([], Reason.UNRESOLVABLE),
    ],
)
@pytest.mark.asyncio
async def test_a_name_is_refused_whole_for_one_bad_address(addresses: Sequence[str], reason: Reason) -> None:
    net = Net(names={HOST: addresses})
    async with desk(net) as at:
        assert await at.reason(f"https://{HOST}/a.jpg") == reason
    assert net.opened == []


@pytest.mark.asyncio
async def test_a_name_that_nobody_knows_is_unresolvable() -> None:
    async with desk(Net()) as at:
        assert await at.reason("https://unknown.example/a.jpg") == Reason.UNRESOLVABLE


@pytest.mark.asyncio
async def test_a_name_that_changes_between_check_and_connection_has_no_second_look_up() -> None:
    """DNS rebinding: good at first sight, this machine from then on."""
    net = Net()

    class Rebinding(dict[str, Sequence[str]]):
        def __getitem__(self, host: str) -> Sequence[str]:
            return ["127.0.0.1"] if net.lookups.count(host) == 1 else ["127.0.0.2"]

    net.names = Rebinding({HOST: []})
    answer = head(JPEG, "Cache-Control: no-store", "Connection: close")
    async with raw_server(net, says(answer)) as port, desk(net) as at:
        reasons = [await at.reason(f"https://{HOST}:{port}/a.jpg") for _ in range(2)]
    # The first connection went where the first look-up said; the next one is looked up, judged and refused anew.
    assert (reasons, net.opened) == ([None, Reason.ADDRESS], [("127.0.0.1", port)])


def connector(net: Net) -> CheckedConnector:
    class Blind(CheckedResolver):
        """Lets every address through."""

        def __init__(self) -> None:
            """Needs nothing."""

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
        ) -> list[aiohttp.abc.ResolveResult]:
            entry = aiohttp.abc.ResolveResult(
                hostname=host, host=net.names[host][0], port=port, family=socket.AF_INET, proto=0, flags=0
            )
            return [entry]

    kept = KeptHosts(4, 15.0, net.monotonic)
    return CheckedConnector(resolver=Blind(), policy=net.policy, tls=CLIENT_TLS, opener=net.open, kept=kept)


@pytest.mark.parametrize("url", [f"https://{HOST}:9/", "https://127.0.0.1:9/", "http://[::1]:9/"])
@pytest.mark.asyncio
async def test_no_socket_is_made_even_if_the_resolver_were_passed_by(url: str) -> None:
    net = Net()
    async with aiohttp.ClientSession(connector=connector(net)) as session:
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            await session.get(url)
    assert isinstance(caught.value.os_error, AddressRefusedError)
    assert net.opened == []


@pytest.mark.asyncio
async def test_the_peer_is_judged_before_anything_is_sent() -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())

    net = Net()
    verdicts = iter([True, False])  # allowed when the socket is made, not any more once it is connected
    net.policy = lambda address, port: next(verdicts)  # type: ignore[method-assign]
    async with (
        raw_server(net, listen, tls=None, speaks_first=True) as port,
        aiohttp.ClientSession(connector=connector(net)) as session,
    ):
        with pytest.raises(RefusedError, match="address"):
            await session.get(f"http://{HOST}:{port}/?token=secret")
    assert [data for data in heard if data] == []


@pytest.mark.asyncio
async def test_names_without_number_do_not_add_up_to_an_attack_on_one_address() -> None:
    net = Net(names={f"n{i}.many.example": ["127.0.0.1"] for i in range(20)})
    async with raw_server(net, says(head(JPEG))) as port, desk(net, address_rate=5.0) as at:
        reasons = [await at.reason(f"https://n{i}.many.example:{port}/a.jpg") for i in range(20)]
        net.now += 1.0
        later = await at.reason(f"https://n19.many.example:{port}/a.jpg")
    assert reasons == [None] * 5 + [Reason.HOST_BUSY] * 15
    assert later is None


@pytest.mark.parametrize(
    "addresses",
    [["2606:4700::{n}", "93.184.216.34"], ["9.9.9.{n}", "93.184.216.34"], ["2606:4700::{n}"], ["2606:4700:0:0:{n}::1"]],
)
@pytest.mark.asyncio
async def test_neither_a_decoy_nor_a_neighbours_address_gets_round_the_limit(addresses: list[str]) -> None:
    net = Net(names={f"n{i}.many.example": [text.format(n=i) for text in addresses] for i in range(1, 9)})
    resolver = CheckedResolver(net.lookup, net.policy, TokenBuckets(rate=1.0, burst=3.0, max_keys=100), net.monotonic)
    passed = 0
    for i in range(1, 9):
        try:
            await resolver.resolve(f"n{i}.many.example", 443)
            passed += 1
        except RefusedError as error:
            assert error.reason == Reason.HOST_BUSY
    assert passed == 3


@pytest.mark.asyncio
async def test_the_systems_resolver_is_asked_for_absolute_names(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def getaddrinfo(host: str, port: None, **options: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    lookup = SystemLookup(1)
    try:
        assert await lookup(HOST) == ["93.184.216.34"]
    finally:
        lookup.close()
    assert asked == [f"{HOST}."]


def test_a_plain_socket_is_of_the_family_asked_for() -> None:
    with open_socket((socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("::1", 0, 0, 0))) as made:
        assert made.family == socket.AF_INET6
