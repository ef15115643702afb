"""The recipe of the image and the unit, as far as can be told without building: they fit the checkout."""

from __future__ import annotations

import re
from pathlib import Path

from streams.settings import load_settings
from tests.deploy.composed import compose_file
from tests.deploy.conftest import DEPLOY

ROOT = DEPLOY.parent
RECIPE = (DEPLOY / "Containerfile").read_text("utf-8")


def test_the_recipe_is_the_one_that_compose_builds() -> None:
    build = compose_file()["services"]["worker"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert ROOT / build["dockerfile"] == DEPLOY / "Containerfile"


def test_the_base_is_pinned_and_one_for_both_stages() -> None:
    bases = re.findall(r"^FROM (\S+)", RECIPE, re.MULTILINE)
    assert len(bases) == 2
    assert set(bases) == {bases[0]}
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", bases[0])


def test_the_environment_is_made_with_the_makefiles_uv() -> None:
    version = re.search(r"^UV_VERSION := (\S+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert version
    assert f"uv=={version[1]}" in RECIPE


def test_everything_that_is_copied_is_there_and_let_into_the_build() -> None:
    let_in = {line[1:] for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    copied = [line.split()[1:-1] for line in RECIPE.splitlines() if line.startswith("COPY ") and "--from" not in line]
    for source in (source for sources in copied for source in sources):
        assert (ROOT / source).exists(), source
        assert {source, str(Path(source).parent)} & let_in, source


def test_kernels_are_compiled_and_run_for_the_same_processors() -> None:
    build, run = RECIPE.split("\nFROM ")[1:] if RECIPE.startswith("FROM") else RECIPE.split("\nFROM ")[-2:]
    for stage in (build, run):
        assert "ARG KERNEL_CPU=x86-64-v3" in stage
        assert 'NUMBA_CPU_NAME=${KERNEL_CPU} NUMBA_CPU_FEATURES=""' in stage
    assert "detectors.warm_up" in build


def test_it_runs_as_the_user_that_compose_and_kubernetes_expect() -> None:
    assert "--uid 10001 --home-dir /var/lib/rightswatch --create-home" in RECIPE
    assert "USER 10001:10001" in RECIPE
    assert "runAsUser: 10001" in (DEPLOY / "kubernetes" / "worker.yaml").read_text("utf-8")


def test_the_unit_starts_what_the_command_line_knows() -> None:
    unit = (DEPLOY / "systemd" / "rightswatch@.service").read_text("utf-8")
    assert "-m streams $PROCESS $OPTIONS" in unit
    assert "Environment=PROCESS=%i" in unit  # a unit's file may say another
    assert "User=rightswatch" in unit
    assert "ProtectSystem=strict" in unit
    assert "KillMode=mixed" in unit  # what it started is ended by it, in order
    assert "StateDirectory=rightswatch/%i rightswatch/snapshot" in unit


def test_the_processes_of_one_machine_answer_at_ports_of_their_own_and_none_beyond_it() -> None:
    settings = load_settings(DEPLOY / "systemd" / "rightswatch.toml", {})
    worker, writer, pictures, retro = settings.worker, settings.writer, settings.pictures, settings.retro
    beside_the_floor = {section.health_port for section in (worker, writer, pictures, retro, settings.web)}
    assert len(beside_the_floor - {0, settings.web.port}) == 5
    hosts = {worker.health_host, writer.health_host, pictures.health_host, retro.health_host, settings.web.host}
    assert hosts == {"127.0.0.1"}
    assert settings.snapshot.folder == "/var/lib/rightswatch/snapshot"
