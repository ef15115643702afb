"""`rightswatch dead`: dead letters listed, looked at, sent again, discarded and counted.

A dead letter is input that could not be screened or stored. What people decide about one is kept, with who and why.
"""

from __future__ import annotations

import asyncio
import os
import pwd
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from streams.commands.options import SettingsSource, pass_source, settings_options
from streams.commands.output import write_line

if TYPE_CHECKING:
    from sinks.clickhouse.dead_query import DeadQuery
    from streams.dead.desk import DeadLetterDesk, Result

FAILED = 1
PAGE_ROWS = 500
STATES = ("open", "retried", "discarded")
DONE = ("retried", "discarded", "already")
_Command = TypeVar("_Command", bound=Callable[..., Any])
_Answer = TypeVar("_Answer")
MOMENT = click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"])


def _filters(command: _Command) -> _Command:
    """Add --reason, --topic, --after, --before and --limit."""
    for option in (
        click.option("--limit", type=click.IntRange(1, 1_000_000), default=1_000, show_default=True, metavar="N",
                     help="At most so many, the newest."),
        click.option("--before", type=MOMENT, help="Only those observed before this moment (UTC)."),
        click.option("--after", type=MOMENT, help="Only those observed at this moment (UTC) or later."),
        click.option("--topic", help="Only those from this topic."),
        click.option("--reason", help="Only those with this reason; `rightswatch dead counts` shows which there are."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
@settings_options
def dead() -> None:
    """List, look at, send again and discard dead letters: input that could not be screened or stored."""


@dead.command("list")
@click.option("--state", type=click.Choice([*STATES, "any"]), default="open", show_default=True,
              help="What was decided about them.")  # fmt: skip
@_filters
@settings_options
@pass_source
def list_dead(source: SettingsSource, /, state: str, **filters: Any) -> None:
    """Print dead letters as JSON lines, the newest first: where each stood, why, its start, and what became of it."""
    import orjson

    out = click.get_binary_stream("stdout")

    async def print_all(desk: DeadLetterDesk) -> None:
        for page in _pages(desk, None if state == "any" else state, filters):
            for letter in page:
                write_line(out, orjson.dumps(letter))

    _at_desk(source, print_all, sends=False)


@dead.command("show")
@click.argument("letter_id", metavar="ID")
@click.option("--content", is_flag=True, help="Write all of its bytes to stdout instead, as they came.")
@settings_options
@pass_source
def show_dead(source: SettingsSource, letter_id: str, content: bool) -> int:
    """Print one dead letter as JSON: all that is kept of it, what was decided, and whether it can be sent again."""
    import orjson

    out = click.get_binary_stream("stdout")

    async def show(desk: DeadLetterDesk) -> bool:
        if content:
            found = await desk.content(letter_id)
            out.write(found or b"")
            return found is not None
        letter = await asyncio.to_thread(desk.get, letter_id)
        if letter is not None:
            write_line(out, orjson.dumps(letter))
        return letter is not None

    if _at_desk(source, show, sends=False):
        return 0
    click.echo(f"refused {letter_id}: there is no such dead letter; `rightswatch dead list` shows what is", err=True)
    return FAILED


@dead.command("retry")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--again", is_flag=True, help="Also those that were sent again before.")
@click.option("--why", default="", help="For those who look later.")
@_filters
@settings_options
@pass_source
def retry_dead(source: SettingsSource, /, ids: tuple[str, ...], again: bool, why: str, **filters: Any) -> int:
    """Send dead letters to their topic again, so that the same pipeline decides again.

    By their ids, or the open ones that fit --reason, --topic, --after and --before. A line goes out as a page of its
    own; one that is longer than what the letter keeps is taken from its stored page. `rightswatch dead show ID` says
    later what came of it. Sent twice it leads to the same alerts, under the same ids.
    """

    async def decide(desk: DeadLetterDesk, some: Sequence[str]) -> list[Result]:
        return await desk.retry(some, by=_by(), now=datetime.now(UTC), note=why, again=again)

    return _decide(source, ids, filters, decide, sends=True)


@dead.command("discard")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--why", required=True, help="The reason, for those who look later.")
@_filters
@settings_options
@pass_source
def discard_dead(source: SettingsSource, /, ids: tuple[str, ...], why: str, **filters: Any) -> int:
    """Say that dead letters are of no use. They stay in the store, and can still be sent again.

    By their ids, or the open ones that fit --reason, --topic, --after and --before.
    """

    async def decide(desk: DeadLetterDesk, some: Sequence[str]) -> list[Result]:
        return await asyncio.to_thread(desk.discard, some, by=_by(), now=datetime.now(UTC), note=why)

    return _decide(source, ids, filters, decide, sends=False)


@dead.command("counts")
@settings_options
@pass_source
def count_dead(source: SettingsSource) -> None:
    """Print how many there are by reason and state, as JSON lines, with when the oldest was stored."""
    import orjson

    async def count(desk: DeadLetterDesk) -> list[dict[str, Any]]:
        return await asyncio.to_thread(desk.counts)

    out = click.get_binary_stream("stdout")
    for one in _at_desk(source, count, sends=False):
        write_line(out, orjson.dumps(one))


def _decide(
    source: SettingsSource,
    ids: tuple[str, ...],
    filters: Mapping[str, Any],
    decide: Callable[[DeadLetterDesk, Sequence[str]], Coroutine[Any, Any, list[Result]]],
    *,
    sends: bool,
) -> int:
    chosen = any(filters[name] for name in ("reason", "topic", "after", "before"))
    if bool(ids) == chosen:
        raise click.UsageError("give ids, or choose with --reason, --topic, --after or --before")

    async def run(desk: DeadLetterDesk) -> list[Result]:
        # All are chosen before the first is decided: what comes meanwhile, as what is dead again, is not among them.
        wanted = ids or tuple(one["letter_id"] for page in _pages(desk, "open", filters) for one in page)
        results: list[Result] = []
        for start in range(0, len(wanted), PAGE_ROWS):
            results += await decide(desk, wanted[start : start + PAGE_ROWS])
        return results

    results = _at_desk(source, run, sends=sends)
    for result in results:
        if result.status not in DONE:
            why = result.detail or "there is no such dead letter; `rightswatch dead list` shows what is"
            click.echo(f"refused {result.letter_id}: {why}", err=True)
    counts = {
        status: sum(one.status == status for one in results) for status in dict.fromkeys(one.status for one in results)
    }
    click.echo(", ".join(f"{number:,} {status}" for status, number in counts.items()) or "none fits", err=True)
    return 0 if all(one.status in DONE for one in results) else FAILED


def _pages(desk: DeadLetterDesk, state: str | None, filters: Mapping[str, Any]) -> Any:
    """Pages of the letters that fit, the newest first, at most `limit` letters."""
    left, behind = filters["limit"], None
    while left > 0:
        page = desk.page(_query(state, filters, min(left, PAGE_ROWS), behind))
        yield page
        if len(page) < min(left, PAGE_ROWS):
            return
        left -= len(page)
        behind = page[-1]["letter_id"]


def _query(state: str | None, filters: Mapping[str, Any], limit: int, behind: str | None) -> DeadQuery:
    from sinks.clickhouse.dead_query import DeadQuery

    moments = {name: filters[name] and filters[name].replace(tzinfo=UTC) for name in ("after", "before")}
    return DeadQuery(
        state=state, reason=filters["reason"], topic=filters["topic"], limit=limit, before_id=behind, **moments
    )


def _at_desk(
    source: SettingsSource, work: Callable[[DeadLetterDesk], Coroutine[Any, Any, _Answer]], *, sends: bool
) -> _Answer:
    """Run work that may send, if `sends`, and reads from the broker what the store has not."""
    from streams.configuration.connections import resolve

    async def run() -> _Answer:
        async with _desk(connections, sends) as desk:
            return await work(desk)

    with resolve(source.load(), parts=("kafka", "clickhouse")) as connections:
        return asyncio.run(run())


@asynccontextmanager
async def _desk(connections: Any, sends: bool) -> AsyncIterator[DeadLetterDesk]:
    from functools import partial

    from sinks.clickhouse.migrate import migrate
    from streams.broker.producer import Sender
    from streams.broker.records import read_record
    from streams.broker.topics import topic_names
    from streams.dead.desk import DeadLetterDesk

    await asyncio.to_thread(migrate, connections.clickhouse)
    sender = Sender(connections.kafka)
    desk = DeadLetterDesk(
        clickhouse=connections.clickhouse,
        topics=topic_names(connections.kafka.topic_prefix),
        publisher=sender,
        read_record=partial(read_record, connections.kafka),
    )
    if not sends:
        yield desk
        return
    async with sender:
        yield desk


def _by() -> str:
    try:
        return f"command line ({pwd.getpwuid(os.getuid()).pw_name})"
    except KeyError:
        return "command line"
