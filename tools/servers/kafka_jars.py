"""Apache Kafka's jars: fetched by Maven once, checked against the checksums in the repository, kept in .cache/kafka.

    python -m tools.servers.kafka_jars          fetch what is missing, check everything
    python -m tools.servers.kafka_jars check    check only
    python -m tools.servers.kafka_jars pin      after a change of kafka.pom.xml: fetch anew and write the checksums

The checksums are in kafka.jars.sha256, by the place in a Maven repository: group, artifact, version. A jar whose
content is another is never run.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools.servers.process import ServerError, program

PROJECT = Path(__file__).resolve().parents[2]
CACHE = PROJECT / ".cache" / "kafka"
POM = Path(__file__).with_name("kafka.pom.xml")
CHECKSUMS = Path(__file__).with_name("kafka.jars.sha256")
TRIES = 3
PAUSE_SECONDS = 5.0
FETCH_SECONDS = 300.0


def class_path() -> list[Path]:
    """The jars of a broker, each with the content that the repository names.

    Raises:
        ServerError: some are missing or have another content.
    """
    if wrong := _wrong():
        raise ServerError(
            f"{len(wrong)} of Apache Kafka's jars are missing in {CACHE} or differ from {CHECKSUMS.name}, "
            f"as {wrong[0]}: run tools/test_deps.sh, which fetches them"
        )
    return [CACHE / jar for jar in _pinned()]


def fetch() -> None:
    """Fetch what is missing or differs.

    Raises:
        ServerError: Maven cannot fetch them, or what it fetched is not what the repository names.
    """
    if not _wrong():
        return
    _download()
    if wrong := _wrong():
        raise ServerError(f"Maven fetched jars that differ from {CHECKSUMS}, or too few: {', '.join(wrong)}")


def pin() -> None:
    """Write the checksums of what Maven fetches now."""
    _download()
    jars = sorted(CACHE.rglob("*.jar"))
    CHECKSUMS.write_text("".join(f"{_sha256(jar)}  {jar.relative_to(CACHE)}\n" for jar in jars), "utf-8")


def _pinned() -> dict[str, str]:
    """Jar by its place in the repository -> SHA-256."""
    lines = (line.split() for line in CHECKSUMS.read_text("utf-8").splitlines())
    return {jar: checksum for checksum, jar in lines}


def _wrong() -> list[str]:
    return [jar for jar, checksum in _pinned().items() if _sha256(CACHE / jar) != checksum]


def _sha256(jar: Path) -> str:
    try:
        return hashlib.sha256(jar.read_bytes()).hexdigest()
    except OSError:
        return "missing"


def _download() -> None:
    shutil.rmtree(CACHE, ignore_errors=True)
    command = [program("mvn"), "--batch-mode", "--quiet", "--file", str(POM), "dependency:copy-dependencies"]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={CACHE}", "-Dmdep.useRepositoryLayout=true"]
    for attempt in range(1, TRIES + 1):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS)
            problem = "" if done.returncode == 0 else (done.stdout + done.stderr)[-2_000:]
        except subprocess.TimeoutExpired:
            problem = f"no end after {FETCH_SECONDS:g} s"
        if not problem:
            return
        if attempt < TRIES:
            time.sleep(PAUSE_SECONDS * attempt)
    raise ServerError(f"Maven cannot fetch Apache Kafka ({TRIES} tries): {problem}")


ACTIONS: dict[str, Callable[[], object]] = {"fetch": fetch, "check": class_path, "pin": pin}


def main(arguments: list[str]) -> int:
    try:
        ACTIONS[arguments[0] if arguments else "fetch"]()
    except ServerError as error:
        print(f"kafka_jars: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
