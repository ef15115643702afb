"""deploy/kubernetes without a cluster: schemas, and that manifests, settings, probes and topics belong together."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from streams.broker.topics import topic_names
from streams.cli import cli
from streams.settings import Settings, load_settings
from tests.deploy.composed import our_services
from tests.deploy.conftest import DEPLOY, Secrets

FOLDER = DEPLOY / "kubernetes"
BY_THEMSELVES = {"kustomization.yaml", "scaling.yaml", "monitoring.yaml"}
CUSTOM = ("keda.sh/", "monitoring.coreos.com/", "kustomize.config.k8s.io/")  # no part of Kubernetes' own schemas
PROCESSES = ("worker", "writer", "pictures", "retro", "web")
SECRETS_FOLDER = "/run/secrets/rightswatch"
SCHEMAS = json.loads((Path(__file__).parent / "schemas" / "kubernetes.json").read_text("utf-8"))
KINDS = {name.rpartition(".")[2]: name for name in SCHEMAS["kinds"]}


@cache
def documents(file: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((FOLDER / file).read_text("utf-8")))


def everything() -> list[tuple[str, dict[str, Any]]]:
    return [(path.name, document) for path in sorted(FOLDER.glob("*.yaml")) for document in documents(path.name)]


def pod(name: str) -> dict[str, Any]:
    (deployment,) = documents(f"{name}.yaml")
    spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return spec


def containers() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Name, pod and container of everything that runs."""
    pods = [pod(name) for name in (*PROCESSES, "migrate")]
    return [
        (container["name"], spec, container)
        for spec in pods
        for container in (*spec.get("initContainers", ()), *spec["containers"])
    ]


def settings_of(container: dict[str, Any], secrets: Secrets) -> Settings:
    given = {one["name"]: one["value"].replace(SECRETS_FOLDER, str(secrets.folder)) for one in container["env"]}
    file = secrets.folder.parent / "kubernetes.toml"
    text = (FOLDER / "rightswatch.toml").read_text("utf-8").replace(SECRETS_FOLDER, str(secrets.folder))
    file.write_text(text, "utf-8")
    assert given.pop("RIGHTSWATCH_SETTINGS") == "/etc/rightswatch/rightswatch.toml"
    return load_settings(file, given)


@pytest.mark.parametrize(("file", "document"), everything())
def test_a_document_is_one_of_kubernetes(file: str, document: dict[str, Any]) -> None:
    if document["apiVersion"].startswith(CUSTOM):
        assert file in BY_THEMSELVES
        return
    wanted = {**SCHEMAS, "$ref": f"#/$defs/{KINDS[document['kind']]}"}
    jsonschema.validate(document, wanted)


def test_the_kustomization_names_every_file_that_is_applied_with_it() -> None:
    (kustomization,) = documents("kustomization.yaml")
    files = {path.name for path in FOLDER.glob("*.yaml")}
    assert set(kustomization["resources"]) == files - BY_THEMSELVES
    generated = {one["name"]: one["files"] for one in kustomization["configMapGenerator"]}
    assert all((FOLDER / file).exists() for files in generated.values() for file in files)
    mounted = {
        volume["configMap"]["name"]
        for _, spec, _ in containers()
        for volume in spec["volumes"]
        if "configMap" in volume
    }
    assert mounted == generated.keys()


def test_the_grants_are_those_of_postgresql() -> None:
    """Kustomize reads nothing outside of its folder."""
    assert (FOLDER / "grants.sql").read_text("utf-8") == (DEPLOY / "postgresql" / "grants.sql").read_text("utf-8")


@pytest.mark.parametrize(("name", "spec", "container"), containers())
def test_a_container_is_restricted_limited_and_pinned(
    name: str, spec: dict[str, Any], container: dict[str, Any]
) -> None:
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    wanted = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    assert container["securityContext"] == wanted
    assert container["resources"]["requests"].keys() >= {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]
    assert re.search(r":\d+\.\d+", container["image"]), name


@pytest.mark.parametrize(("name", "spec", "container"), [one for one in containers() if "env" in one[2]])
def test_a_process_reads_its_settings_out_of_the_secrets_that_it_is_given(
    name: str, spec: dict[str, Any], container: dict[str, Any], secrets: Secrets
) -> None:
    settings = settings_of(container, secrets)
    assert settings.kafka.security_protocol == "SASL_SSL"
    (volume,) = (volume for volume in spec["volumes"] if "secret" in volume)
    given = {item["path"] for item in volume["secret"]["items"]}
    told = json.dumps(container["env"]) + (FOLDER / "rightswatch.toml").read_text("utf-8")
    named = set(re.findall(rf"{SECRETS_FOLDER}/([\w.]+)", told))
    assert named == given, name


@pytest.fixture(scope="module")
def made_secrets(secrets: Secrets, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What secrets.sh has kubectl make: for each Secret its keys, and the file of each."""
    folder = tmp_path_factory.mktemp("kubectl")
    kubectl = folder / "kubectl"
    kubectl.write_text(f'#!/bin/sh\n[ "$3" = create ] && echo "$@" >>{folder}/calls; cat /dev/null\n', "utf-8")
    kubectl.chmod(0o755)
    command = ["sh", str(FOLDER / "secrets.sh"), "/given/ca.pem", str(secrets.folder)]
    subprocess.run(command, check=True, env={"PATH": f"{folder}:/usr/bin:/bin"})
    made = {}
    for call in (folder / "calls").read_text("utf-8").splitlines():
        name = call.split()[5]
        made[name] = dict(re.findall(r"--from-file=([\w.]+)=(\S+)", call))
    return made


def asked_for() -> dict[str, set[str]]:
    """The keys of each Secret that the manifests name."""
    volumes = [volume["secret"] for _, spec, _ in containers() for volume in spec["volumes"] if "secret" in volume]
    asked = {volume["secretName"]: {item["key"] for item in volume["items"]} for volume in volumes}
    (scaler,) = (one for one in documents("scaling.yaml") if one["kind"] == "TriggerAuthentication")
    for one in scaler["spec"]["secretTargetRef"]:
        asked.setdefault(one["name"], set()).add(one["key"])
    return asked


def test_each_pod_has_a_secret_of_its_own_with_what_it_is_given_and_no_more(
    made_secrets: dict[str, dict[str, str]],
) -> None:
    assert {name: set(files) for name, files in made_secrets.items()} == asked_for()
    assert {f"rightswatch-{name}" for name in (*PROCESSES, "migrate", "scaling")} == made_secrets.keys()


def test_every_secret_is_a_file_that_was_made_and_no_administrator_s(
    made_secrets: dict[str, dict[str, str]], secrets: Secrets
) -> None:
    files = {key: file for one in made_secrets.values() for key, file in one.items()}
    assert files.pop("ca.pem") == "/given/ca.pem"
    assert all(file == str(secrets.path(key)) and secrets[key] for key, file in files.items())
    assert not [key for key in files if "admin" in key or "backup" in key]


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_does_as_in_compose(name: str) -> None:
    (container,) = pod(name)["containers"]
    assert container["args"] == our_services()[name]["command"]


@pytest.mark.parametrize("name", sorted({*PROCESSES, "migrate", "feed"}))
def test_a_command_and_its_options_are_known(name: str) -> None:
    command = our_services()[name]["command"]
    shown = CliRunner().invoke(cli, [command[0], "--help"])
    assert shown.exit_code == 0
    assert all(option in shown.output for option in command if option.startswith("--"))


@pytest.mark.parametrize("name", PROCESSES)
def test_probes_ask_where_the_process_answers(name: str, secrets: Secrets) -> None:
    (container,) = pod(name)["containers"]
    settings = settings_of(container, secrets)
    for kind, path in (("startup", "livez"), ("readiness", "readyz"), ("liveness", "livez")):
        probe = container[f"{kind}Probe"]
        section = getattr(settings, name)
        assert section.health_host == "0.0.0.0"
        assert probe["httpGet"] == {"path": f"/{path}", "port": "health"}
        assert container["ports"] == [{"name": "health", "containerPort": section.health_port}]


@pytest.mark.parametrize("name", PROCESSES)
def test_prometheus_reaches_each_process_where_it_answers(name: str, secrets: Secrets) -> None:
    (deployment,) = documents(f"{name}.yaml")
    port = getattr(settings_of(pod(name)["containers"][0], secrets), name).health_port
    wanted = {"prometheus.io/scrape": "true", "prometheus.io/port": str(port), "prometheus.io/path": "/metrics"}
    assert deployment["spec"]["template"]["metadata"]["annotations"] == wanted
    (policy,) = (one for one in documents("network.yaml") if one["metadata"]["name"] == "metrics")
    assert name in policy["spec"]["podSelector"]["matchExpressions"][0]["values"]
    assert policy["spec"]["ingress"][0]["ports"] == [{"port": port, "protocol": "TCP"}]


def test_the_watch_floor_itself_stays_inside_its_pod(secrets: Secrets) -> None:
    assert settings_of(pod("web")["containers"][0], secrets).web.host == "127.0.0.1"


def test_no_secret_stands_in_a_manifest() -> None:
    for file in FOLDER.iterdir():
        assert not re.search(r"://[^/@\s]*:[^/@\s]+@", file.read_text("utf-8")), file.name


@pytest.mark.parametrize("name", PROCESSES)
def test_a_drain_takes_one_of_each_kind(name: str) -> None:
    (budget,) = (one for one in documents("disruption.yaml") if one["metadata"]["name"] == name)
    assert budget["spec"] == {
        "maxUnavailable": 1,
        "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
    }


def test_scaling_follows_the_lag_of_our_groups_and_stops_at_the_partitions(secrets: Secrets) -> None:
    kafka = settings_of(pod("worker")["containers"][0], secrets).kafka
    topics = topic_names(kafka.topic_prefix)
    groups = {topics.worker_group: topics.listings, topics.pictures_group: topics.pictures}
    scaled = [one for one in documents("scaling.yaml") if one["kind"] == "ScaledObject"]
    assert {one["spec"]["scaleTargetRef"]["name"] for one in scaled} == {"worker", "pictures"}
    for one in scaled:
        assert one["spec"]["maxReplicaCount"] <= kafka.listings_partitions
        (trigger,) = one["spec"]["triggers"]
        asked = trigger["metadata"]
        assert groups[asked["consumerGroup"]] == asked["topic"]
        assert asked["bootstrapServers"] == kafka.bootstrap
