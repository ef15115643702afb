"""Pictures in a folder, by the paths that listings and rights name them by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from detectors.decode import decode_page
from detectors.pictures.gallery import Gallery
from detectors.pictures.limits import DEFAULT_LIMITS
from detectors.pictures.looking import Pays, always, see
from detectors.pictures.seen import Looks
from detectors.records import Page
from streams.pictures.words import Reader, with_words


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """A folder whose pictures may be read, and nothing outside of it, whatever a path says."""

    root: Path
    reader: Reader | None = None  # of words; without one nobody reads

    def read(self, path: str) -> bytes | None:
        """The file's bytes, at most one more than may be decoded; None where there is no such file in the folder."""
        root = self.root.resolve()
        try:
            file = (root / path).resolve()
            if not file.is_relative_to(root) or not file.is_file():
                return None
            with file.open("rb") as stream:
                return stream.read(DEFAULT_LIMITS.max_bytes + 1)
        except (OSError, ValueError):  # a name too long, a NUL in it, a file that may not be read
            return None

    def looks(self, page: Page, gallery: Gallery | None = None, pays: Pays = always) -> Looks:
        """What is seen in the pictures that the page's listings name by path, as far as the folder has them.

        gallery, pays : as for `see`.
        """
        named = {
            image["path"]
            for listing in decode_page(page).listings
            for image in listing.get("images") or ()
            if image.get("path")
        }
        found = ((path, self.read(path)) for path in sorted(named))
        return {
            path: with_words(see(data, gallery, pays=pays), data, self.reader)
            for path, data in found
            if data is not None
        }
