"""A picture looked at again as it was when its alert was raised: what a replay does with it."""

from __future__ import annotations

from detectors.pictures.looking import see
from detectors.pictures.outcomes import Refusal
from detectors.pictures.seen import Seen
from sinks.operational.picture_store import PictureStore
from streams.pictures.reading import WordReader
from streams.pictures.words import with_words
from streams.replay import LookAtPicture, LookedFor
from streams.watched_pictures import gallery_of


def looking_again(store: PictureStore, reader: WordReader | None = None) -> LookAtPicture:
    """Both tiers and the words, as far as the alert says that they found something. Raises what the store raises."""
    read = reader or WordReader()

    def look(data: bytes, wanted: LookedFor) -> Seen | Refusal:
        gallery = gallery_of(store, wanted.registered) if wanted.registered else None
        return with_words(see(data, gallery), data, read if wanted.is_read else None)

    return look
