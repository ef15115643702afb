"""Make docs/screenshots/: each page as a person sees it first, with the data of the tests. Run after a page changed.

python -m tools.screenshots [NAME ...]
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
MOST_BYTES = 60_000
SIZE = {"width": 1280, "height": 800}
WIDTH = 1024  # pixels of what is kept
BAD_LINE = b'{"platform":"taobao","listing_id":"7"}'


def screenshots(names: Sequence[str]) -> None:
    """Serve the pages over servers of our own, and keep a picture of each page that is named, or of all."""
    from sinks.settings import OperationalSettings
    from streams.embedded import attach
    from tests.dashboards.browser import chromium
    from tests.dashboards.conftest import make_stores
    from tests.dashboards.every_page import PAGES, opened, serving
    from tests.dashboards.service import offer
    from tests.dashboards.shown_world import shown_world
    from tests.streams.dead_world import page as page_of

    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, attach(Path(folder) / "stack") as attachment:
        shown = shown_world(
            make_stores(attachment.endpoints, Path(folder)), OperationalSettings.sqlite(Path(folder) / "shown.db")
        )
        shown.stores.sampled(offer(3001, "适用于 LUMORA 手提包的 肩带 配件", price="39.00", currency="CNY"))
        server = serving(shown)
        server.start()
        server.dead.seen(page_of(BAD_LINE, b"<html>503 Service Unavailable</html>"))
        try:
            with chromium() as browser:
                for one in PAGES.values():
                    if names and one.name not in names:
                        continue
                    context = browser.new_context(base_url=server.url, color_scheme="light", viewport=SIZE)  # type: ignore[arg-type]
                    page = context.new_page()
                    opened(page, one, shown)
                    kept = FOLDER / f"{one.name}.webp"
                    kept.write_bytes(small(page.screenshot()))
                    print(f"{kept} {kept.stat().st_size:,} bytes")
                    context.close()
        finally:
            server.stop()


def small(png: bytes) -> bytes:
    """As WebP, of the best quality that has at most MOST_BYTES."""
    with Image.open(io.BytesIO(png)) as image:
        shown = image.convert("RGB").resize(
            (WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS
        )
    for quality in (80, 65, 50, 35, 20):
        file = io.BytesIO()
        shown.save(file, "WEBP", quality=quality, method=6)
        if file.tell() <= MOST_BYTES:
            break
    return file.getvalue()


if __name__ == "__main__":
    screenshots(sys.argv[1:])
