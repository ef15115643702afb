"""Calibrations from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from detectors.calibration.document import read_calibration
from detectors.errors import RightError
from streams.files.text_input import UnreadableFileError, open_input

MAX_FILE_BYTES = 4 << 20


def read_calibration_file(path: Path) -> dict[str, Any]:
    """The calibration that a file (`-`: standard input) holds as JSON, checked.

    Raises:
        UnreadableFileError: it cannot be read, or what it holds is no calibration.
    """
    with open_input(path) as stream:
        content = stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFileError(path, f"is longer than {MAX_FILE_BYTES >> 20} MiB")
    try:
        document: dict[str, Any] = orjson.loads(content)
        read_calibration(document)
    except orjson.JSONDecodeError as error:
        raise UnreadableFileError(path, f"is not JSON: {error}") from error
    except RightError as error:
        raise UnreadableFileError(path, str(error)) from error
    return document
