from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from streams.configuration.fields import field_names
from streams.configuration.reference import reference
from streams.errors import SettingsError
from streams.settings import SECTIONS, Settings, load_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "rightswatch.toml"
    path.write_text(text, "utf-8")
    return path


def test_nothing_given_means_defaults_and_embedded_servers() -> None:
    settings = load_settings(None, {})
    assert settings.data_dir == Path(".rightswatch")
    assert settings.kafka.bootstrap == ""


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[kafka]\nbootstrap = "file:9092"\nlistings_partitions = 8\n')
    settings = load_settings(path, {"RIGHTSWATCH_KAFKA_BOOTSTRAP": "variable:9092", "HOME": "/x"})
    assert settings.kafka.bootstrap == "variable:9092"
    assert settings.kafka.listings_partitions == 8


def test_the_file_may_be_named_by_a_variable(tmp_path: Path) -> None:
    path = write(tmp_path, 'data_dir = "/srv/rightswatch"\n')
    assert load_settings(None, {"RIGHTSWATCH_SETTINGS": str(path)}).data_dir == Path("/srv/rightswatch")


def test_texts_from_the_environment_become_numbers_and_flags() -> None:
    settings = load_settings(
        None,
        {
            "RIGHTSWATCH_WORKER_COMMIT_INTERVAL_SECONDS": "0.5",
            "RIGHTSWATCH_WORKER_WRITER": "no",
            "RIGHTSWATCH_WRITER_ALERT_ROWS": "7",
        },
    )
    assert settings.worker.commit_interval_seconds == 0.5
    assert settings.worker.writer is False
    assert settings.writer.alert_rows == 7


def test_a_section_of_two_words_is_set_by_variables_too() -> None:
    settings = load_settings(
        None, {"RIGHTSWATCH_PICTURE_WORDS_ENABLED": "no", "RIGHTSWATCH_PICTURE_BUDGET_BUSY_WORTH": "0.8"}
    )
    assert (settings.picture_words.enabled, settings.picture_budget.busy_worth) == (False, 0.8)
    assert settings.pictures.enabled


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[kafka]\nbootstap = "x"\n', r"'bootstap'.*\[kafka\].*did you mean 'bootstrap'"),
        ("[kafk]\n", r"'kafk'.*did you mean 'kafka'"),
        ('kafka = "x:1"\n', r"must be a section, written \[kafka\]"),
        ('[kafka]\nlistings_partitions = "many"\n', r"kafka\.listings_partitions: must be a whole number"),
        ("[kafka]\nlistings_partitions = 0\n", r"\[kafka\] listings_partitions must be at least 1"),
        ("[worker]\nwriter = 3\n", r"worker\.writer: must be true or false"),
        ('[kafka]\nsecurity_protocol = "TLS"\n', r"security_protocol must be one of PLAINTEXT"),
        ("data_dir = 7\n", r"data_dir: must be a text"),
        ("[kafka\n", r"not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        load_settings(write(tmp_path, text), {})


@pytest.mark.parametrize("variable", ["RIGHTSWATCH_KAFKA_BOOTSTAP", "RIGHTSWATCH_DATADIR", "RIGHTSWATCH_KAFKA"])
def test_an_unknown_variable_is_refused(variable: str) -> None:
    with pytest.raises(SettingsError, match="unknown key"):
        load_settings(None, {variable: "x"})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.toml"):
        load_settings(tmp_path / "absent.toml", {})


def test_a_secret_is_in_no_repr_and_no_complaint(tmp_path: Path) -> None:
    settings = load_settings(None, {"RIGHTSWATCH_KAFKA_SASL_PASSWORD": "hunter2"})
    assert settings.kafka.sasl_password == "hunter2"
    assert "hunter2" not in repr(settings)
    with pytest.raises(SettingsError) as refused:
        load_settings(write(tmp_path, '[kafka]\nsasl_password = ["hunter2"]\n'), {})
    assert "hunter2" not in str(refused.value)


def test_the_reference_file_lists_every_key_with_its_default() -> None:
    """Write it again with `python -m streams.configuration.reference > deploy/rightswatch.toml`."""
    path = Path(__file__).parents[2] / "deploy" / "rightswatch.toml"
    assert path.read_text("utf-8") == reference()
    tables = tomllib.loads(path.read_text("utf-8"))
    assert {name: tuple(tables[name]) for name in SECTIONS} == {n: field_names(s) for n, s in SECTIONS.items()}
    assert load_settings(path, {}) == Settings()


def test_an_account_without_its_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\[clickhouse\] user is given without host"):
        load_settings(write(tmp_path, '[clickhouse]\nuser = "x"\n'), {})
