"""The network of the fault tests itself."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack

import pytest

from tests.faults.proxy import network

THREADS, CLIENTS, ROUNDS = 4, 20, 20


@pytest.fixture
def sockets_of_networks(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    """All sockets that are made in a network's thread, of either side."""
    made: list[socket.socket] = []
    make = socket.socket.__init__

    def record(one: socket.socket, *how: int, **named: int) -> None:
        make(one, *how, **named)
        if threading.current_thread().name == "network":
            made.append(one)

    monkeypatch.setattr(socket.socket, "__init__", record)
    return made


def test_a_network_that_is_closed_while_clients_come_leaves_no_socket_open(
    sockets_of_networks: list[socket.socket],
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=THREADS * CLIENTS * ROUNDS) as target:
        for _ in range(ROUNDS):
            with ExitStack() as clients:
                come: list[socket.socket] = []
                with network() as one:
                    one.target_port = target.getsockname()[1]
                    coming = [threading.Thread(target=_come, args=(one.port, clients, come)) for _ in range(THREADS)]
                    for thread in coming:
                        thread.start()
                    while len(come) < CLIENTS:
                        time.sleep(0)
                for thread in coming:
                    thread.join()
    assert len(sockets_of_networks) > ROUNDS * 2
    assert [one for one in sockets_of_networks if one.fileno() >= 0] == []


def _come(port: int, clients: ExitStack, come: list[socket.socket]) -> None:
    for _ in range(CLIENTS):
        try:
            come.append(clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5)))
        except OSError:  # it is closed by now
            return
