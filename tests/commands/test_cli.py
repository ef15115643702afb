"""The command line as a whole: what it lists, how fast, and with which exit codes it ends."""

import subprocess
import sys

import pytest

from streams.cli import COMMANDS, run

HEAVY = ("numba", "numpy", "faust", "aiokafka", "aiohttp", "sqlalchemy", "clickhouse_driver", "orjson", "redis")


def test_help_lists_every_command_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    for name in ("demo", "scan", "worker", "writer", "web", "feed", "rights", "replay", "doctor"):
        assert f"\n  {name} " in text


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from streams.cli import run; run(['--help']);"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert "Usage: rightswatch" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nonsense"], ["scan"], ["scan", "--nonsense"], ["rights", "withdraw"], []])
def test_wrong_usage_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2


def test_a_wrong_settings_file_exits_2_and_names_the_key(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    settings = tmp_path / "rightswatch.toml"
    settings.write_text("[kafka]\nbootstrp = 'x'\n")
    assert run(["rights", "--config", str(settings), "list"]) == 2
    assert "bootstrp" in capsys.readouterr().err


def test_python_dash_m_streams_is_the_same_program() -> None:
    done = subprocess.run([sys.executable, "-m", "streams", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("rightswatch, version ")
