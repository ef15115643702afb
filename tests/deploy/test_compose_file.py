"""deploy/compose.yaml without an engine: its schema, what it may not contain, and that what it names is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from streams.settings import Settings, load_settings
from tests.deploy.composed import CONFIGURATION, SECRETS_FOLDER, compose_file, our_services
from tests.deploy.conftest import DEPLOY, Secrets

SCHEMA = Path(__file__).parent / "schemas" / "compose.json"
SERVICES = sorted(compose_file()["services"])
PUBLISHED = {
    "web": ["127.0.0.1:8420:8420"],
    "grafana": ["127.0.0.1:3000:3000"],
    "prometheus": ["127.0.0.1:9090:9090"],
}
ONE_SHOT = {"migrate", "grants", "commands"}


def settings_of(service: dict[str, Any], secrets: Secrets) -> Settings:
    """What the process reads, with its secrets at hand."""
    given = {name: text.replace(SECRETS_FOLDER, str(secrets.folder)) for name, text in service["environment"].items()}
    assert given.pop("RIGHTSWATCH_SETTINGS") == CONFIGURATION
    return load_settings(DEPLOY / "compose" / "rightswatch.toml", given)


def test_the_file_is_one_of_compose() -> None:
    jsonschema.validate(compose_file(), json.loads(SCHEMA.read_text("utf-8")))


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned_to_a_version(name: str) -> None:
    tag = compose_file()["services"][name]["image"].rpartition(":")[2]
    assert re.match(r"v?\d+\.\d+", tag), tag


@pytest.mark.parametrize("name", SERVICES)
def test_only_the_floor_and_the_boards_are_published_and_on_loopback(name: str) -> None:
    assert compose_file()["services"][name].get("ports", []) == PUBLISHED.get(name, [])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_limited_watched_and_started_again(name: str) -> None:
    service = compose_file()["services"][name]
    if name != "commands":
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
        assert service["restart"] in ({"on-failure"} if name in ONE_SHOT else {"unless-stopped"})
    if name not in ONE_SHOT | {"feed", "demo-feed"}:
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_file(name: str) -> None:
    service = compose_file()["services"][name]
    for variable, value in service.get("environment", {}).items():
        if re.search("PASSWORD|SECRET", variable):
            assert value.startswith(SECRETS_FOLDER), variable
        assert not re.search(r"://[^/@]*:[^/@]+@", value), variable


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_mounts_or_is_given_is_there(name: str, secrets: Secrets) -> None:
    document = compose_file()
    service = document["services"][name]
    for volume in service.get("volumes", ()):
        source = volume.partition(":")[0]
        if source.startswith("./") and source not in ("./feed", "./prometheus/rules"):  # the user's; of another file
            assert (DEPLOY / source).exists(), source
        elif not source.startswith("./"):
            assert source in document["volumes"]
    for given in service.get("secrets", ()):
        secret = given if isinstance(given, str) else given["source"]
        assert secrets.path(Path(document["secrets"][secret]["file"]).name).exists()
    for value in service.get("environment", {}).values():
        if value.startswith(f"{SECRETS_FOLDER}/"):
            assert Path(value).name in service["secrets"], value


@pytest.mark.parametrize("name", sorted(our_services()))
def test_a_process_of_ours_reads_its_settings_and_is_somebody_on_every_server_that_it_uses(
    name: str, secrets: Secrets
) -> None:
    settings = settings_of(our_services()[name], secrets)
    assert settings.kafka.bootstrap
    assert settings.clickhouse.host
    if "RIGHTSWATCH_CLICKHOUSE_USER" in our_services()[name]["environment"]:
        assert settings.clickhouse.password == secrets[settings.clickhouse.user.replace("rightswatch", "clickhouse")]


@pytest.mark.parametrize("name", sorted(our_services()))
def test_a_process_of_ours_has_no_rights_and_writes_nowhere(name: str) -> None:
    service = our_services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileges")


@pytest.mark.parametrize("name", sorted(our_services()))
def test_the_data_directory_outlives_a_restart_of_its_container(name: str) -> None:
    """What a process had in hand when it died stands there; a tmpfs would forget it."""
    assert not any(one.startswith("/var/lib/rightswatch") for one in our_services()[name]["tmpfs"])
    assert "VOLUME /var/lib/rightswatch" in (DEPLOY / "Containerfile").read_text("utf-8")


def test_a_command_runs_while_a_server_is_away() -> None:
    """`compose run` would wait for what it depends on, or start what somebody has stopped."""
    assert not our_services()["commands"]["depends_on"]


def test_the_server_may_write_its_backups() -> None:
    """A new volume belongs to root; the image's start script hands over what is the path of a disk."""
    told = ElementTree.parse(DEPLOY / "clickhouse" / "backups.xml")
    allowed = told.findtext("backups/allowed_path")
    assert allowed in [path.text for path in told.findall("storage_configuration/disks/*/path")]
    assert f"clickhouse-backups:{str(allowed).rstrip('/')}" in compose_file()["services"]["clickhouse"]["volumes"]


@pytest.mark.parametrize("name", ["worker", "writer", "pictures", "retro", "web"])
def test_a_health_check_asks_where_the_process_answers(name: str, secrets: Secrets) -> None:
    settings = settings_of(our_services()[name], secrets)
    port = settings.web.port if name == "web" else getattr(settings, name).health_port
    assert our_services()[name]["healthcheck"]["test"][-1] == f"http://127.0.0.1:{port}/readyz"
    assert (DEPLOY / "container" / "probe.py").exists()
