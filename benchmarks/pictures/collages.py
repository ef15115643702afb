"""Edits that put a picture among other things: collages, the frame of a telephone's screen."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from PIL import Image, ImageDraw, ImageOps

from benchmarks.pictures.overlays import OFFERS, SHOPS, write

Others = Sequence[Image.Image]

LARGEST = 800  # the longer side of a collage


def collage(picture: Image.Image, rng: Random, others: Others, *, n: int, gutter: float) -> Image.Image:
    """The picture beside `n` - 1 others in cells of one size; `gutter` is the gap, a share of a cell's shorter side."""
    columns, rows = (2, 2) if n == 4 else rng.choice(((2, 1), (1, 2)))
    largest = max(picture.width * columns, picture.height * rows)
    zoom = min(1.0, LARGEST / largest)
    width, height = max(1, round(picture.width * zoom)), max(1, round(picture.height * zoom))
    gap = round(gutter * min(width, height))
    tiles = [ImageOps.fit(other, (width, height)) for other in rng.sample(list(others), n - 1)]
    tiles.insert(rng.randrange(n), picture.resize((width, height), Image.Resampling.LANCZOS))
    canvas = Image.new(
        "RGB",
        (columns * width + (columns - 1) * gap, rows * height + (rows - 1) * gap),
        rng.choice(((255, 255, 255), (0, 0, 0), (230, 230, 230))),
    )
    for i, tile in enumerate(tiles):
        canvas.paste(tile, (i % columns * (width + gap), i // columns * (height + gap)))
    return canvas


def interface_frame(picture: Image.Image, rng: Random, others: Others) -> Image.Image:
    """A telephone's screen that shows the picture: status and title bar above, price, text and buttons below."""
    width = 600
    is_dark = rng.random() < 0.3
    ground, ink = ((18, 18, 18), (240, 240, 240)) if is_dark else ((255, 255, 255), (20, 20, 20))
    screen = Image.new("RGB", (width, width * 2), ground)
    draw = ImageDraw.Draw(screen)
    write(draw, f"{rng.randrange(24)}:{rng.randrange(60):02}", (60, 20), (80, 22), ink)
    write(draw, rng.choice(SHOPS), (width / 2, 75), (300, 34), ink)
    margin = rng.choice((0, 0, 12, 24))
    shown = ImageOps.contain(picture, (width - 2 * margin, 820), Image.Resampling.LANCZOS)
    top = 115
    screen.paste(shown, ((width - shown.width) // 2, top))
    below = top + shown.height
    write(draw, rng.choice(OFFERS), (150, below + 40), (240, 44), (220, 30, 30))
    for line in range(3):
        write(draw, "Free returns and delivery in 3 days", (width / 2 - 40, below + 100 + 45 * line), (480, 28), ink)
    draw.rectangle((0, 1110, width, 1200), (240, 240, 240) if not is_dark else (40, 40, 40))
    draw.rounded_rectangle((330, 1125, 580, 1185), 28, (255, 80, 0))
    write(draw, "Buy now", (455, 1155), (140, 30), (255, 255, 255))
    return screen
