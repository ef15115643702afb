"""How long a Chinese patent lasts, and what its number tells of that. Pure arithmetic.

Terms run from filing (Patent Law 2020 art. 42): invention 20 years, utility model 10, design 15, or 10 when filed
before 2021-06-01. A number tells only the year of filing, so a term counts as over only when it is over even for a
filing on 31 December. Divisionals keep the parent's filing date, which makes the year an upper bound: their term ends
no later. Compensation can lengthen inventions, for new drugs by up to five years.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

TERM_YEARS = {"invention": 20, "utility_model": 10, "design": 15}
OLD_DESIGN_TERM_YEARS = 10
NEW_DESIGN_TERM_FROM = date(2021, 6, 1)
COMPENSATION_YEARS = 5  # the most that art. 42 gives a drug; delays at the office seldom reach it


@dataclass(frozen=True, slots=True)
class TermOver:
    """A term that is over: its last day, the sentence that says so, and what could still lengthen it."""

    last_day: date
    note: str
    is_compensable: bool


def term_years(kind: str, filed: date) -> int:
    """The years that a right of this kind lasts from filing."""
    return OLD_DESIGN_TERM_YEARS if kind == "design" and filed < NEW_DESIGN_TERM_FROM else TERM_YEARS[kind]


def last_day_of_year_filed(kind: str, year: int) -> date:
    """The last day that a right filed some day of `year` can be in force, without compensation."""
    return date(year + term_years(kind, date(year, 12, 31)), 12, 31)


def last_day_filed(kind: str, filed: date) -> date:
    """The day that the term of a right filed on `filed` ends."""
    year = filed.year + term_years(kind, filed)
    try:
        return filed.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)


def over_by_year(kind: str, year: int, today: date) -> Iterator[TermOver]:
    """The term, if it is over whatever day of the year the number was filed."""
    last_day = last_day_of_year_filed(kind, year)
    if today > last_day:
        years = term_years(kind, date(year, 12, 31))
        yield _over(kind, last_day, f"filed in {year} by its number, so over by {last_day} at the latest", years, today)


def over_by_filing(kind: str, filed: date, today: date) -> Iterator[TermOver]:
    """The term, if it is over for a right filed on that day."""
    last_day = last_day_filed(kind, filed)
    if today > last_day:
        yield _over(kind, last_day, f"filed on {filed}, so over by {last_day}", term_years(kind, filed), today)


def over_on(last_day: date, today: date) -> Iterator[TermOver]:
    """The term, if the last day that the watchlist gives, with all that lengthened it, has passed."""
    if today > last_day:
        yield TermOver(last_day, f"the watchlist has {last_day} as the end of its term; seen on {today}", False)


def _over(kind: str, last_day: date, what: str, years: int, today: date) -> TermOver:
    is_compensable = kind == "invention" and today <= _years_later(last_day, COMPENSATION_YEARS)
    note = f"{what}; {_NAMES[kind]} lasts {years} years from filing (Patent Law art. 42); seen on {today}"
    return TermOver(last_day, note + (", unless lengthened by compensation" if is_compensable else ""), is_compensable)


def _years_later(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


_NAMES = {"invention": "an invention", "utility_model": "a utility model", "design": "a design filed then"}
