"""The embedded stack as its clients see it: real servers, shared, gone with the last client however that went."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import clickhouse_driver
import pytest
import redis

from streams.embedded import Endpoints, PartError, StackError, attach

ALL = {"clickhouse", "redis", "kafka"}
CLIENT = """
import json, sys
from pathlib import Path
from streams.embedded import attach
attachment = attach(Path(sys.argv[1]), sys.argv[2].split(","))
print(json.dumps(attachment.endpoints.to_json()), flush=True)
sys.stdin.read()
"""


class Client:
    """Another process that attaches; it stays until it is closed or killed."""

    def __init__(self, data_dir: Path, parts: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(data_dir), parts],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def endpoints(self) -> dict[str, int | str]:
        assert self._process.stdout is not None
        answer: dict[str, int | str] = json.loads(self._process.stdout.readline())
        return answer

    def kill(self, signum: int = signal.SIGKILL) -> None:
        self._process.send_signal(signum)
        self._process.communicate()


@pytest.fixture
def start_client(tmp_path: Path) -> Iterator[Callable[[str], Client]]:
    clients: list[Client] = []

    def start(parts: str) -> Client:
        clients.append(Client(tmp_path, parts))
        return clients[-1]

    yield start
    for client in clients:
        client.kill()


def clickhouse(endpoints: Endpoints) -> clickhouse_driver.Client:
    return clickhouse_driver.Client(
        "127.0.0.1",
        endpoints.clickhouse_port,
        user=endpoints.clickhouse_user,
        password=endpoints.clickhouse_password,
    )


def valkey(endpoints: Endpoints) -> redis.Redis:
    assert endpoints.redis_port is not None
    return redis.Redis("127.0.0.1", endpoints.redis_port, password=endpoints.redis_password)


def stack_processes(data_dir: Path) -> dict[int, str]:
    """The living processes of a stack: those that hold its life lock open, the supervisor among them."""
    lock = (data_dir / "stack" / "life.lock").resolve()
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                if any(descriptor.resolve() == lock for descriptor in (process / "fd").iterdir()):
                    found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue  # it ended while we looked
    return found


def supervisor_of(data_dir: Path) -> int:
    return next(pid for pid, command in stack_processes(data_dir).items() if "-m streams.embedded" in command)


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)


def programs(data_dir: Path) -> set[str]:
    """Which parts run, by their programs."""
    names = {"clickhouse_host": "clickhouse", "valkey-server": "redis", "tansu broker": "kafka"}
    commands = stack_processes(data_dir).values()
    return {part for name, part in names.items() if any(name in command for command in commands)}


def test_it_gives_working_servers_and_ends_them_with_the_last_attachment(tmp_path: Path) -> None:
    with attach(tmp_path) as first:
        second = attach(tmp_path)
        assert second.endpoints == first.endpoints
        assert len(stack_processes(tmp_path)) == 4
    assert programs(tmp_path) == ALL
    with clickhouse(second.endpoints) as store, valkey(second.endpoints) as live:
        assert store.execute("SELECT 1") == [(1,)]
        assert live.ping()
    second.close()
    wait_until(lambda: not stack_processes(tmp_path))


def test_only_what_is_asked_for_is_started(tmp_path: Path) -> None:
    with attach(tmp_path, ["redis"]) as redis_only:
        assert programs(tmp_path) == {"redis"}
        assert redis_only.endpoints.clickhouse_port is None
        assert redis_only.endpoints.kafka_port is None
        with attach(tmp_path, ["redis", "kafka"]) as both:
            assert programs(tmp_path) == {"redis", "kafka"}
            assert both.endpoints.redis_port == redis_only.endpoints.redis_port


@pytest.mark.parametrize("parts", [[], ["postgres"]])
def test_an_unknown_part_is_refused(tmp_path: Path, parts: list[str]) -> None:
    with pytest.raises(StackError, match="choose out of clickhouse, redis, kafka"):
        attach(tmp_path, parts)


def test_rights_and_alerts_survive_a_second_start_even_after_sigkill(tmp_path: Path) -> None:
    with (
        attach(tmp_path, ["clickhouse", "redis"]) as stack,
        clickhouse(stack.endpoints) as store,
        valkey(stack.endpoints) as live,
    ):
        store.execute("CREATE TABLE kept (number UInt8) ENGINE = MergeTree ORDER BY number")
        store.execute("INSERT INTO kept VALUES", [(7,)])
        live.xadd("live", {"alert": "a"})
    wait_until(lambda: not stack_processes(tmp_path))
    with attach(tmp_path, ["clickhouse", "redis"]) as stack:
        with clickhouse(stack.endpoints) as store, valkey(stack.endpoints) as live:
            assert live.xlen("live") == 1
            store.execute("INSERT INTO kept VALUES", [(8,)])
        os.kill(supervisor_of(tmp_path), signal.SIGKILL)
        wait_until(lambda: not stack_processes(tmp_path))
    with attach(tmp_path, ["clickhouse"]) as stack, clickhouse(stack.endpoints) as store:
        assert store.execute("SELECT number FROM kept ORDER BY number") == [(7,), (8,)]


def test_a_client_killed_with_sigkill_leaves_nothing(tmp_path: Path, start_client: Callable[[str], Client]) -> None:
    client = start_client("clickhouse,redis,kafka")
    client.endpoints()
    assert len(stack_processes(tmp_path)) == 4
    client.kill()
    wait_until(lambda: not stack_processes(tmp_path))


def test_a_supervisor_killed_with_sigkill_takes_its_servers_along(tmp_path: Path) -> None:
    with attach(tmp_path):
        os.kill(supervisor_of(tmp_path), signal.SIGKILL)
        wait_until(lambda: not stack_processes(tmp_path))


def test_two_processes_that_attach_at_once_share_one_stack(
    tmp_path: Path, start_client: Callable[[str], Client]
) -> None:
    clients = [start_client("redis,kafka") for _ in range(3)]
    answers = [client.endpoints() for client in clients]
    assert answers[0] == answers[1] == answers[2]
    assert len(stack_processes(tmp_path)) == 3


def test_a_child_of_the_client_does_not_keep_the_stack(tmp_path: Path) -> None:
    attachment = attach(tmp_path, ["kafka"])
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    attachment.close()
    wait_until(lambda: not stack_processes(tmp_path))
    child.communicate()


def test_it_works_in_a_directory_too_deep_for_a_socket_path(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 80) / ("e & <e>" * 10)
    with attach(deep, ["redis", "kafka"]) as attachment:
        assert attachment.endpoints.kafka_port is not None
    wait_until(lambda: not stack_processes(deep))


def test_a_part_that_cannot_start_is_named_with_its_log_and_a_remedy(tmp_path: Path) -> None:
    manifest = tmp_path / "stack" / "redis" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("garbage")
    with attach(tmp_path, ["kafka"]):
        with pytest.raises(
            PartError, match=r"embedded redis: ended with exit code 1.*move .*stack/redis away"
        ) as caught:
            attach(tmp_path, ["kafka", "redis"])
        assert "manifest" in caught.value.log_tail
        assert programs(tmp_path) == {"kafka"}


def test_a_dead_server_comes_back_on_its_port(tmp_path: Path) -> None:
    with attach(tmp_path, ["redis"]) as attachment:
        processes = stack_processes(tmp_path)
        dead = next(pid for pid, command in processes.items() if "valkey-server" in command)
        os.kill(dead, signal.SIGKILL)
        wait_until(lambda: programs(tmp_path) == {"redis"} and dead not in stack_processes(tmp_path))
        wait_until(lambda: answers(attachment.endpoints))
    assert "ended by itself" in (tmp_path / "stack" / "supervisor.log").read_text()


def answers(endpoints: Endpoints) -> bool:
    with valkey(endpoints) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def test_secrets_are_for_their_owner_only_and_in_no_command_line_or_log(tmp_path: Path) -> None:
    with attach(tmp_path) as attachment:
        endpoints = attachment.endpoints
        secrets = {endpoints.clickhouse_password, endpoints.clickhouse_reader_password, endpoints.redis_password}
        shown = " ".join(stack_processes(tmp_path).values()) + repr(endpoints)
        shown += "".join(log.read_text() for log in (tmp_path / "stack").rglob("*.log"))
        assert len(secrets) == 3
        assert not any(str(secret) in shown for secret in secrets)
    assert (tmp_path / "stack").stat().st_mode & 0o777 == 0o700
    files = [path for path in (tmp_path / "stack").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if path.stat().st_mode & 0o077 and path.name != "start.lock"]
