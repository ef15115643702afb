"""deploy/systemd without systemd: a unit is told what compose.yaml tells that process; Prometheus finds each."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from streams.settings import load_settings
from tests.deploy.composed import SECRETS_FOLDER, compose_file, our_services
from tests.deploy.conftest import DEPLOY, Secrets

SYSTEMD = DEPLOY / "systemd"
UNITS = ("worker", "worker-2", "writer", "pictures", "retro", "web", "migrate")
PLACE = "/etc/rightswatch"
OURS = ("OPTIONS", "PROCESS", "RIGHTSWATCH_WORKER_HEALTH_PORT")


def told(unit: str) -> dict[str, str]:
    """The variables of a unit's file."""
    lines = (SYSTEMD / f"{unit}.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def of_compose(process: str) -> dict[str, str]:
    """The same of the compose file, with the addresses and places of one machine."""
    given = {**our_services()[process]["environment"]}
    del given["RIGHTSWATCH_SETTINGS"]  # the unit itself says it
    for there, here in (
        ("@redis:", "@127.0.0.1:"),
        ("@postgresql/", "@127.0.0.1/"),
        (SECRETS_FOLDER, f"{PLACE}/secrets"),
    ):
        given = {name: value.replace(there, here) for name, value in given.items()}
    return given


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_on_the_servers_who_compose_says_that_it_is(unit: str) -> None:
    process = told(unit).get("PROCESS", unit)
    assert {name: value for name, value in told(unit).items() if name not in OURS} == of_compose(process)


@pytest.mark.parametrize("unit", UNITS)
def test_the_settings_of_a_unit_are_read(unit: str, secrets: Secrets) -> None:
    ours = {name: value for name, value in told(unit).items() if name.startswith("RIGHTSWATCH_")}
    there = {name: value.replace(f"{PLACE}/secrets", str(secrets.folder)) for name, value in ours.items()}
    assert load_settings(SYSTEMD / "rightswatch.toml", there).kafka.bootstrap == "127.0.0.1:9092"


@pytest.mark.parametrize("unit", ["worker", "worker-2"])
def test_a_worker_leaves_to_other_units_what_compose_leaves_to_other_services(unit: str) -> None:
    _, writer, *rest = our_services()["worker"]["command"]
    assert writer == "--no-writer"
    assert not load_settings(SYSTEMD / "rightswatch.toml", {}).worker.writer
    assert told(unit)["OPTIONS"].split() == rest


def test_prometheus_finds_every_process_of_the_machine() -> None:
    settings = load_settings(SYSTEMD / "rightswatch.toml", {})
    sections = (settings.worker, settings.writer, settings.pictures, settings.retro, settings.web)
    ports = {section.health_port for section in sections} | {int(told("worker-2")["RIGHTSWATCH_WORKER_HEALTH_PORT"])}
    (group,) = json.loads((SYSTEMD / "prometheus-targets.json").read_text("utf-8"))
    assert set(group["targets"]) == {f"127.0.0.1:{port}" for port in ports}


def test_kafka_is_told_what_compose_tells_it() -> None:
    lines = (DEPLOY / "kafka" / "server.properties").read_text("utf-8").splitlines()
    here = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    variables = compose_file()["services"]["kafka"]["environment"]
    there = {name.removeprefix("KAFKA_").lower().replace("_", "."): value for name, value in variables.items()}
    del there["heap.opts"]  # of the JVM: in kafka.service
    places = ("listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs")
    assert here.keys() == there.keys()
    assert {name: here[name] for name in here if name not in places} == {
        name: there[name] for name in there if name not in places
    }
    assert {urlsplit(one).hostname for one in here["listeners"].split(",")} == {"127.0.0.1"}


def test_a_command_has_the_variables_of_the_process_that_it_is_as_systemd_reads_them(tmp_path: Path) -> None:
    """The script with the places of this test, and `env` in the place of the program."""
    (tmp_path / "web.env").write_text("# a comment\nRIGHTSWATCH_REDIS_URL=redis://a:$b@c?d=`e`&f\nOPTIONS=--not-ours\n")
    text = (SYSTEMD / "rightswatch.sh").read_text("utf-8").replace(PLACE, str(tmp_path))
    script = text.replace("/opt/rightswatch/.venv/bin/rightswatch", "env").replace("$(id -u)", "1000")
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, env={"PATH": os.defpath})
    lines = done.stdout.splitlines()
    assert "RIGHTSWATCH_REDIS_URL=redis://a:$b@c?d=`e`&f" in lines
    assert f"RIGHTSWATCH_SETTINGS={tmp_path}/rightswatch.toml" in lines
    assert not any(line.startswith("OPTIONS") for line in lines)


def guard_of_the_unit() -> str:
    unit = (SYSTEMD / "kafka.service").read_text("utf-8")
    (command,) = re.findall(r"^ExecStartPre=/bin/sh -c '(.*)'$", unit, re.MULTILINE)
    return str(command)


def guard_of_compose() -> str:
    shell, option, command = compose_file()["services"]["kafka"]["command"]
    assert (shell, option) == ("sh", "-c")
    return str(command).replace("exec /etc/kafka/docker/run", "exit 0").replace("sleep 10", ":")


@pytest.mark.parametrize("guard", [guard_of_the_unit(), guard_of_compose()], ids=["unit", "compose"])
@pytest.mark.parametrize(("free_mb", "starts"), [(200, False), (5_000, True)])
def test_kafka_is_not_started_on_a_full_disk(tmp_path: Path, guard: str, free_mb: int, starts: bool) -> None:
    """There it took its metadata, cut short, for none, and deleted every topic."""
    (tmp_path / "df").write_text(
        "#!/bin/sh\n"
        f'case "$*" in *-BM*) printf "Avail\\n{free_mb}M\\n";;\n'
        f'*) printf "x Available\\ndisk 9 9 {free_mb * 1024} 9 /\\n";; esac\n'
    )
    (tmp_path / "df").chmod(0o755)
    asked = subprocess.run(
        ["sh", "-c", guard.replace("$$", "$")], env={"PATH": f"{tmp_path}:{os.defpath}"}, capture_output=True, text=True
    )
    assert (asked.returncode == 0) is starts
    assert ("not started" in asked.stdout) is not starts
