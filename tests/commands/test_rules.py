"""`rightswatch rules`: what is checked, imported, shown and reset; and a pack from files for `scan`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import orjson
import pytest

from detectors.watchlist.rules import default_rules, read_rules, shipped_pack
from streams.cli import run

WORDING = 'version = "mine"\n[counterfeit_strong]\nen = ["bogus"]\n'
BAD = "[signals]\nmark = 7\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "wording.toml").write_text(WORDING)
    return folder


def rules(data_dir: Path, *arguments: str) -> int:
    return run(["--data-dir", str(data_dir), "rules", *arguments])


def test_without_an_imported_pack_the_shipped_one_is_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert rules(tmp_path, "show") == 0
    assert capfd.readouterr().out.splitlines()[0] == f"rules {default_rules().version}"


def test_an_imported_pack_is_shown_and_reset_brings_the_shipped_one_back(
    tmp_path: Path, pack: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    version = read_rules({"wording": WORDING}).version
    assert rules(tmp_path, "import", str(pack)) == 0
    assert f"imported rules {version} (wording); watchlist revision 1" in capfd.readouterr().err
    rules(tmp_path, "show")
    assert capfd.readouterr().out.splitlines() == [
        f"rules {version}", "wording  imported", "aliases  as shipped", "weights  as shipped", "goods    as shipped",
        "patents  as shipped",
    ]  # fmt: skip
    assert rules(tmp_path, "reset") == 0
    capfd.readouterr()
    rules(tmp_path, "show")
    assert "wording  as shipped" in capfd.readouterr().out


def test_a_file_of_the_pack_in_force_is_printed_as_it_was_imported(
    tmp_path: Path, pack: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rules(tmp_path, "import", str(pack))
    capfd.readouterr()
    assert (rules(tmp_path, "show", "wording"), capfd.readouterr().out) == (0, WORDING)
    assert (rules(tmp_path, "show", "weights"), capfd.readouterr().out) == (0, shipped_pack()["weights"])
    assert rules(tmp_path, "show", "marks") == 2


def test_a_pack_with_a_fault_is_refused_whole_and_the_old_one_stays(
    tmp_path: Path, pack: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rules(tmp_path, "import", str(pack))
    (pack / "weights.toml").write_text(BAD)
    assert rules(tmp_path, "import", str(pack)) == 1
    assert f"{pack}/weights.toml: weights.toml [signals] mark: must be a number" in capfd.readouterr().err
    rules(tmp_path, "show")
    assert "weights  as shipped" in capfd.readouterr().out


def test_check_names_the_fault_of_each_file(tmp_path: Path, pack: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (pack / "weights.toml").write_text(BAD)
    (pack / "aliases.toml").write_bytes(b"x = 1\n\xff")
    (pack / "words.toml").write_text("")
    files = [str(pack / f"{name}.toml") for name in ("wording", "weights", "aliases", "words")]
    assert run(["rules", "check", *files]) == 1
    assert capfd.readouterr().err.splitlines() == [
        f"ok {files[0]}",
        f"refused {files[1]}: weights.toml [signals] mark: must be a number between 0 and 1",
        f"refused {files[2]}: line 2 is not UTF-8 text",
        f"refused {files[3]}: words: is no file of a rule pack, those are "
        "wording.toml, aliases.toml, weights.toml, goods.toml, patents.toml",
    ]
    assert run(["rules", "check", files[0]]) == 0


def test_an_empty_folder_is_no_pack(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert rules(tmp_path / "data", "import", str(tmp_path / "empty")) == 1
    assert "holds none of wording.toml" in capfd.readouterr().err


def test_rights_are_listed_without_the_rules(tmp_path: Path, pack: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rules(tmp_path, "import", str(pack))
    capfd.readouterr()
    assert run(["--data-dir", str(tmp_path), "rights", "list"]) == 0
    assert capfd.readouterr().out == ""


def test_scan_uses_a_pack_from_files(tmp_path: Path, pack: Path, capfd: pytest.CaptureFixture[str]) -> None:
    right = tmp_path / "r.jsonl"
    right.write_bytes(orjson.dumps({"right_id": "R1", "kind": "trademark", "marks": ["LUMORA"]}))
    listings = tmp_path / "l.jsonl"
    titles = ("bogus LUMORA bag", "replica LUMORA bag")
    listings.write_bytes(
        b"\n".join(
            orjson.dumps({"platform": "p", "listing_id": str(number), "title": title})
            for number, title in enumerate(titles)
        )
    )
    assert run(["scan", "--rights", str(right), "--rules", str(pack), str(listings)]) == 0
    alerts = [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert {(alert["listing_id"], alert["versions"]["rules"]) for alert in alerts} == {
        ("0", read_rules({"wording": WORDING}).version)
    }


def test_the_shipped_files_are_toml_with_a_version() -> None:
    assert all("version" in tomllib.loads(text) for text in shipped_pack().values())
