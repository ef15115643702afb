"""The README's examples are run: each `console` block's commands, and what they print, as they stand there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from streams.cli import COMMANDS

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Example:
    """A command and the lines below it; `...` stands for anything, on a line of its own for any lines."""

    command: str
    expected: str


def examples(block: str) -> Iterator[Example]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        yield Example(command, expected)


def blocks() -> list[str]:
    return re.findall(r"^```console\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def matches(expected: str, printed: str) -> bool:
    lines = (
        r"(?:.*\n)*" if line == "...\n" else ".*".join(map(re.escape, line.split("...")))
        for line in expected.splitlines(True)
    )
    return re.fullmatch("".join(lines), printed) is not None


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like the checkout to the examples, so that what they write does not land in it."""
    shutil.copytree(PROJECT / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.splitlines()[0][2:50])
def test_the_examples_print_what_the_readme_says(checkout: Path, block: str) -> None:
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    for example in examples(block):
        done = subprocess.run(
            ["bash", "-c", f"{{ {example.command}\n}} 2>&1"], cwd=checkout, env={"PATH": path, "LC_ALL": "C.UTF-8"},
            capture_output=True, text=True, timeout=200,
        )  # fmt: skip
        assert matches(example.expected, done.stdout), f"$ {example.command}\n{done.stdout}"


def test_every_command_and_make_target_is_in_the_readme() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (PROJECT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    wanted = [f"`rightswatch {command.name}" for command in COMMANDS]
    wanted += [f"make {target}" for target in targets if target not in ("help", "clean")]
    assert [name for name in wanted if name not in README] == []


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert [link for link in links if "://" not in link and not (PROJECT / link).exists()] == []
