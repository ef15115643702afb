"""What the log says when pictures cannot be fetched."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from streams.metrics import Stages
from streams.pictures.reporting import FetchReport


def test_only_when_most_urls_fail_a_line_says_how_many_and_why(caplog: pytest.LogCaptureFixture) -> None:
    registry = CollectorRegistry()
    stages, report = Stages(registry), FetchReport(registry)
    report.tell()
    stages.sent("fetch", 5)
    stages.dropped("fetch", "unresolvable", 4)
    report.tell()
    assert caplog.messages == []
    stages.sent("fetch", 1)
    stages.dropped("fetch", "unresolvable", 1_200)
    stages.dropped("fetch", "scheme", 3)
    report.tell()
    (line,) = caplog.messages
    assert line.startswith("pictures: 1,203 of 1,204 URLs could not be fetched (unresolvable 1,200, scheme 3)")
    report.tell()
    assert len(caplog.messages) == 1
