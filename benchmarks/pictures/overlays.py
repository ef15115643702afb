"""Edits that draw on a picture: price banners, badges, watermarks."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sqrt
from random import Random

from PIL import Image, ImageDraw, ImageFont

Others = Sequence[Image.Image]
Colour = tuple[int, int, int]

LOUD: Sequence[Colour] = ((220, 20, 40), (255, 90, 0), (250, 210, 0), (20, 20, 20), (0, 110, 220), (0, 150, 70))
OFFERS = ("SALE 50% OFF", "ONLY $19.99", "FREE SHIPPING", "NEW 2026", "HOT DEAL -30%", "BUY 2 GET 1", "$8.50 WHOLESALE")
SHOPS = ("BEST SHOP", "fashion-outlet.example", "STORE 88", "@trend.store", "SUPER MALL")


def banner_over(picture: Image.Image, rng: Random, others: Others, *, share: float) -> Image.Image:
    """A strip over the top or the bottom `share` of the height."""
    copy = picture.copy()
    height = round(picture.height * share)
    copy.paste(strip(picture.width, height, rng), (0, rng.choice((0, picture.height - height))))
    return copy


def banner_added(picture: Image.Image, rng: Random, others: Others, *, share: float) -> Image.Image:
    """A strip of `share` of the height, added below or above."""
    height = round(picture.height * share)
    copy = Image.new("RGB", (picture.width, picture.height + height))
    top = rng.choice((True, False))
    copy.paste(picture, (0, height if top else 0))
    copy.paste(strip(picture.width, height, rng), (0, 0 if top else picture.height))
    return copy


def strip(width: int, height: int, rng: Random) -> Image.Image:
    """A loud strip with an offer on it."""
    colour, ink = ground_and_ink(rng)
    image = Image.new("RGB", (width, height), colour)
    write(ImageDraw.Draw(image), rng.choice(OFFERS), (width / 2, height / 2), (width * 0.9, height * 0.7), ink)
    return image


def badge(picture: Image.Image, rng: Random, others: Others, *, share: float) -> Image.Image:
    """A disc or a rounded box of `share` of the area, near a corner."""
    copy = picture.copy()
    area = share * picture.width * picture.height
    is_disc = rng.random() < 0.5
    shape = (1.0, 1.0) if is_disc else (1.5, 1 / 1.5)
    side = 2 * sqrt(area / pi) if is_disc else sqrt(area)
    width, height = min(side * shape[0], picture.width * 0.9), side * shape[1]
    margin = 0.02 * min(picture.size)
    x = margin if rng.random() < 0.5 else picture.width - width - margin
    y = margin if rng.random() < 0.5 else picture.height - height - margin
    colour, ink = ground_and_ink(rng)
    draw = ImageDraw.Draw(copy)
    if is_disc:
        draw.ellipse((x, y, x + width, y + height), colour)
    else:
        draw.rounded_rectangle((x, y, x + width, y + height), height / 5, colour)
    write(
        draw,
        rng.choice(("-50%", "NEW", "HOT", "SALE")),
        (x + width / 2, y + height / 2),
        (width * 0.7, height / 2),
        ink,
    )
    return copy


def watermark(picture: Image.Image, rng: Random, others: Others) -> Image.Image:
    """A shop's name, a third opaque: once across the middle, or tiled."""
    text, tone = rng.choice(SHOPS), rng.choice((0, 255))
    layer = Image.new("L", picture.size, 0)
    draw = ImageDraw.Draw(layer)
    width, height = picture.size
    if rng.random() < 0.5:
        write(draw, text, (width / 2, height / 2), (width * 0.9, height * 0.3), 90)
    else:
        for row in range(5):
            for column in range(2):
                centre = (width * (column + 0.3 + 0.4 * (row % 2)) / 2, height * (row + 0.5) / 5)
                write(draw, text, centre, (width * 0.4, height * 0.1), 90)
        layer = layer.rotate(rng.choice((0, 20, 30)), Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", picture.size, (tone,) * 3), picture, layer)


def ground_and_ink(rng: Random) -> tuple[Colour, Colour]:
    colour = rng.choice(LOUD)
    return colour, (0, 0, 0) if sum(colour) > 400 else (255, 255, 255)


def write(
    draw: ImageDraw.ImageDraw, text: str, centre: tuple[float, float], room: tuple[float, float], ink: Colour | int
) -> None:
    """Text as large as `room` (width, height) lets it be."""
    at_100 = ImageFont.load_default(100).getbbox(text)
    size = max(6.0, 100 * min(room[0] / (at_100[2] - at_100[0]), room[1] / (at_100[3] - at_100[1])))
    draw.text(centre, text, ink, ImageFont.load_default(size), anchor="mm")
