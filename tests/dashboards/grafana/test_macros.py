"""The expander of tools/grafana_macros.py, held against the plugin's table of macros."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tools.grafana_macros import Chosen, Range, expand_promql, expand_sql

SHOWN = Range(
    datetime(2026, 11, 21, 10, tzinfo=UTC),
    datetime(2026, 11, 21, 11, 0, 0, 500_000, tzinfo=UTC),
    timedelta(seconds=30),
)
FROM, TO = 1795255200, 1795258800


@pytest.mark.parametrize(
    ("macro", "expanded"),
    [
        ("$__timeFilter(t)", f"t >= toDateTime({FROM}) AND t <= toDateTime({TO})"),
        (
            "$__timeFilter_ms(t)",
            f"t >= fromUnixTimestamp64Milli({FROM}000) AND t <= fromUnixTimestamp64Milli({TO}500)",
        ),
        ("$__timeInterval(t)", "toStartOfInterval(toDateTime(t), INTERVAL 30 second)"),
        ("$__timeInterval_ms(t)", "toStartOfInterval(toDateTime64(t, 3), INTERVAL 30000 millisecond)"),
        ("$__timeGroup(t, 5m)", "toStartOfInterval(toDateTime(t), INTERVAL 300 second)"),
        ("$__interval_s", "30"),
        ("$__another(t)", "$__another(t)"),
    ],
)
def test_a_macro_becomes_what_the_table_says(macro: str, expanded: str) -> None:
    assert expand_sql(macro, SHOWN) == expanded


def test_an_interval_is_never_under_a_second() -> None:
    short = Range(SHOWN.start, SHOWN.end, timedelta(milliseconds=200))
    assert expand_sql("$__interval_s", short) == "1"


@pytest.mark.parametrize("values", [{}, {"p": []}, {"p": ["$__all"]}])
def test_a_condition_on_a_variable_with_all_values_is_none(values: dict[str, list[str]]) -> None:
    text = "$__conditionalAll(platform IN (${p:singlequote}), $p)"
    assert expand_sql(text, SHOWN, Chosen(values)) == "1=1"


def test_a_condition_on_a_variable_holds_for_what_is_chosen() -> None:
    text = "a AND $__conditionalAll(lower(platform) IN (${p:singlequote}), $p) AND b"
    expanded = expand_sql(text, SHOWN, Chosen({"p": ["x", "y'z"]}))
    assert expanded == r"a AND lower(platform) IN ('x','y\'z') AND b"


def test_a_bracket_that_is_not_closed_is_told() -> None:
    with pytest.raises(ValueError, match="not closed"):
        expand_sql("$__timeFilter(t", SHOWN)


def test_the_interval_of_rates_is_put_into_promql() -> None:
    assert expand_promql("rate(x[$__rate_interval])", "20s") == "rate(x[20s])"
