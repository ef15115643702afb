"""The stores that commands open by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from streams.commands.options import SettingsSource

if TYPE_CHECKING:
    from sinks.operational.picture_store import PictureStore
    from sinks.operational.rights_store import RightsStore


@contextmanager
def rights_store(source: SettingsSource) -> Iterator[RightsStore]:
    """The operational database alone: a running worker publishes what changes there."""
    from sinks.operational.rights_store import RightsStore
    from streams.configuration.connections import resolve

    with resolve(source.load(), parts=()) as connections, closing(RightsStore(connections.operational)) as store:
        yield store


@contextmanager
def rights_and_pictures(source: SettingsSource) -> Iterator[tuple[RightsStore, PictureStore]]:
    """The same with the rights' pictures."""
    from sinks.operational.picture_store import PictureStore
    from sinks.operational.rights_store import RightsStore
    from streams.configuration.connections import resolve

    with (
        resolve(source.load(), parts=()) as connections,
        closing(RightsStore(connections.operational)) as store,
        closing(PictureStore(connections.operational)) as pictures,
    ):
        yield store, pictures
