"""What deploy/compose.yaml says of our own processes, and the same as plain processes with other addresses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.conftest import DEPLOY, Secrets

COMPOSE = DEPLOY / "compose.yaml"
OURS = "rightswatch:0.1.0"
PROBE = DEPLOY / "container" / "probe.py"
SECRETS_FOLDER = "/run/secrets"
CONFIGURATION = "/etc/rightswatch/rightswatch.toml"


@cache
def compose_file() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return document


def our_services() -> dict[str, dict[str, Any]]:
    """The services that run our image, by name."""
    return {name: service for name, service in compose_file()["services"].items() if service["image"] == OURS}


@dataclass(frozen=True, slots=True)
class Plain:
    """A service of the compose file as a process on this machine, with addresses replaced and nothing else."""

    name: str
    folder: Path
    secrets: Secrets
    addresses: Mapping[str, str]

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """The service's command, or another of the same service, until it ends; `given` is its standard input."""
        return subprocess.run(
            self._command(arguments), env=self._environment(), input=given, capture_output=True, text=True, timeout=120
        )

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(self._command(()), env=self._environment(), stdout=output, stderr=output)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        command = arguments or tuple(our_services()[self.name]["command"])
        return [sys.executable, "-m", "streams", *map(self._with_addresses, command)]

    def _environment(self) -> dict[str, str]:
        service = our_services()[self.name]
        told = {name: self._with_addresses(value) for name, value in service["environment"].items()}
        ours = {name: value.replace(SECRETS_FOLDER, str(self._given_secrets(service))) for name, value in told.items()}
        ours = {name: value.replace(CONFIGURATION, str(self._configuration())) for name, value in ours.items()}
        return {**os.environ, **ours, "RIGHTSWATCH_DATA_DIR": str(self.folder / f"{self.name}-data")}  # noqa: TID251

    def _given_secrets(self, service: Mapping[str, Any]) -> Path:
        """Only those that the service is given: one that it forgot to ask for is not there."""
        given = self.folder / f"{self.name}-secrets"
        given.mkdir(exist_ok=True)
        for secret in service.get("secrets", ()):
            shutil.copy(self.secrets.path(secret), given / secret)
        return given

    def _configuration(self) -> Path:
        file = self.folder / f"{self.name}.toml"
        file.write_text(self._with_addresses((DEPLOY / "compose" / "rightswatch.toml").read_text("utf-8")), "utf-8")
        return file

    def _with_addresses(self, text: str) -> str:
        for address, ours in self.addresses.items():
            text = text.replace(address, ours)
        return text
