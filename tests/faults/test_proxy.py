"""The network of the fault tests itself."""

from __future__ import annotations

import gc
import socket
import threading
import time

from tests.faults.proxy import network

CLIENTS, THREADS, ROUNDS = 30, 4, 20


def test_a_network_that_is_closed_while_clients_come_leaves_no_socket_to_the_collector() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=CLIENTS * THREADS * ROUNDS) as target:
        for _ in range(ROUNDS):
            clients: list[socket.socket] = []
            with network() as one:
                one.target_port = target.getsockname()[1]
                coming = [threading.Thread(target=_come, args=(one.port, clients)) for _ in range(THREADS)]
                for thread in coming:
                    thread.start()
                while len(clients) < CLIENTS:
                    time.sleep(0)
            for thread in coming:
                thread.join()
            left = [kept for kept in gc.get_objects() if isinstance(kept, socket.socket) and kept not in clients]
            left = [
                kept for kept in left if kept.family == socket.AF_INET and kept.fileno() >= 0
            ]  # others' have no port
            assert [kept for kept in left if kept.getsockname()[1] == one.port] == []
            for client in clients:
                client.close()


def _come(port: int, clients: list[socket.socket]) -> None:
    for _ in range(CLIENTS):
        try:
            clients.append(socket.create_connection(("127.0.0.1", port), timeout=5))
        except OSError:  # it is closed by now
            return
