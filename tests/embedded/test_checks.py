"""What `rightswatch doctor` learns about the embedded stack."""

from __future__ import annotations

import platform

import pytest

from streams.embedded import check_embedded


def test_a_complete_environment_passes_every_check() -> None:
    checks = check_embedded()
    assert [check.name for check in checks if not check.is_ok] == []
    assert len(checks) == 4


def test_an_unsupported_platform_is_named_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Plan9")
    found = next(check for check in check_embedded() if not check.is_ok)
    assert "Plan9" in found.detail
    assert "real servers" in found.remedy
