"""Words in pictures, read by the real models on small pictures, and what hostile ones come to."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from detectors.pictures.looking import see
from detectors.pictures.outcomes import Refusal
from detectors.pictures.picture import Luma
from detectors.pictures.seen import Seen
from streams.configuration.sections import PictureWordsSettings
from streams.pictures.reading import ReadOutcome, WordReader
from streams.pictures.recognition import Recognised, worth_reading
from streams.pictures.words import with_words

PHOTOGRAPHS = Path(__file__).parents[2] / "benchmarks" / "data" / "pictures"


@pytest.fixture(scope="module")
def counted() -> list[ReadOutcome]:
    """What `reader` has told of its pictures."""
    return []


@pytest.fixture(scope="module")
def reader(counted: list[ReadOutcome]) -> WordReader:
    return WordReader(PictureWordsSettings(longer_side=480, max_lines=8), count=counted.append)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def written(
    *lines: tuple[str, int, int], size: tuple[int, int] = (320, 160), height: int = 28, ink: str = "black"
) -> Image.Image:
    """Texts at places, on white."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for text, left, top in lines:
        draw.text((left, top), text, ink, font=ImageFont.load_default(height))
    return image


def test_words_are_read_where_they_stand_from_top_to_bottom(reader: WordReader) -> None:
    words = reader.read(encoded(written(("SUMMER", 20, 20), ("NIKE AIR", 120, 100))))
    assert words.outcome is ReadOutcome.READ
    assert [line.text.replace(" ", "") for line in words.lines] == ["SUMMER", "NIKEAIR"]
    left, top, right, bottom = words.lines[1].box
    assert 100 <= left <= 125 < 210 <= right <= 270
    assert 85 <= top <= 110 < 120 <= bottom <= 145
    assert all(0.8 <= line.confidence <= 1 for line in words.lines)


def test_boxes_are_in_published_pixels_of_a_larger_picture(reader: WordReader) -> None:
    large = written(("SUMMER", 80, 80), size=(1600, 1000), height=140)
    (line,) = reader.read(encoded(large, "JPEG", quality=90)).lines
    assert line.text == "SUMMER"
    assert 40 <= line.box[0] <= 100
    assert 560 <= line.box[2] <= 760


def test_a_picture_that_exif_turns_is_read_upright(reader: WordReader) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = written(("SUMMER", 20, 20)).rotate(90, expand=True)
    (line,) = reader.read(encoded(turned, "JPEG", exif=exif.tobytes(), quality=95)).lines
    assert line.text == "SUMMER"


def test_a_package_photographed_in_a_studio_names_its_brand(reader: WordReader) -> None:
    (file, *_) = sorted(PHOTOGRAPHS.glob("grocery-Tropicana*iconic.jpg"))
    assert "Tropicana" in [line.text for line in reader(file.read_bytes())]


def _noise(height: int, width: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8))


def _tiny_text() -> Image.Image:
    rows = [("buy now " * 20, 2, top) for top in range(2, 470, 11)]
    return written(*rows, size=(470, 470), height=9)


@pytest.mark.parametrize(
    ("make", "outcomes"),
    [
        (lambda: b"", {ReadOutcome.NOT_DECODED}),
        (lambda: b"<html>", {ReadOutcome.NOT_DECODED}),
        (lambda: encoded(Image.new("RGB", (1, 1))), {ReadOutcome.NOT_DECODED}),
        (lambda: encoded(Image.new("1", (20_000, 20_000))), {ReadOutcome.NOT_DECODED}),
        (lambda: encoded(written(("SUMMER", 20, 20)), "JPEG")[:2_000], {ReadOutcome.READ, ReadOutcome.NO_WORDS}),
        (lambda: encoded(Image.new("RGB", (5, 4_000), "red")), {ReadOutcome.NO_WORDS}),
        (lambda: encoded(Image.new("CMYK", (64, 64)), "JPEG"), {ReadOutcome.NO_WORDS}),
        (lambda: encoded(Image.new("I;16", (64, 64))), {ReadOutcome.NO_WORDS}),
        (lambda: encoded(_noise(240, 240)), {ReadOutcome.READ, ReadOutcome.NO_WORDS}),
        (lambda: encoded(_tiny_text()), {ReadOutcome.READ, ReadOutcome.NO_WORDS}),
    ],
)
def test_hostile_pictures_have_an_outcome_and_few_lines(
    reader: WordReader, counted: list[ReadOutcome], make: Callable[[], bytes], outcomes: set[ReadOutcome]
) -> None:
    before = len(counted)
    words = reader.read(make())
    assert words.outcome in outcomes
    assert len(words.lines) <= 8
    assert counted[before:] == [words.outcome]


def test_a_picture_too_plain_for_a_fingerprint_is_read_all_the_same(reader: WordReader) -> None:
    data = encoded(written(("SUMMER", 20, 20), ink="#c8c8c8"))
    assert see(data) is Refusal.LOW_QUALITY
    seen = with_words(see(data), data, reader)
    assert isinstance(seen, Seen)
    assert [line.text for line in seen.lines] == ["SUMMER"]
    assert with_words(see(data), data, None) is Refusal.LOW_QUALITY


class _Library:
    """A recogniser that does as it is told."""

    def __init__(self, found: Sequence[Recognised] | Exception) -> None:
        self._found = found
        self.loaded = 0

    def load(self, _threads: int, _max_lines: int) -> _Library:
        self.loaded += 1
        return self

    def __call__(self, _luma: Luma, _scale: float) -> Sequence[Recognised]:
        if isinstance(self._found, Exception):
            raise self._found
        return self._found


def _found(text: str, confidence: float = 0.9, top: float = 0.0) -> Recognised:
    corners = np.array([[0, top], [10, top], [10, top + 5], [0, top + 5]], np.float32)
    return Recognised(text, corners, confidence)


PLAIN = encoded(Image.new("RGB", (64, 64), "white"))


def test_what_the_library_raises_is_an_outcome() -> None:
    counted: list[ReadOutcome] = []
    reader = WordReader(load=_Library(RuntimeError("inside")).load, count=counted.append)
    assert reader.read(PLAIN).outcome is ReadOutcome.FAILED
    assert reader(PLAIN) == ()
    assert counted == [ReadOutcome.FAILED] * 2


def test_models_that_cannot_be_loaded_are_said_once_and_tried_once(caplog: pytest.LogCaptureFixture) -> None:
    tries = []

    def load(_threads: int, _max_lines: int) -> _Library:
        tries.append(1)
        raise ImportError("no such package")

    reader = WordReader(load=load)
    assert [reader.read(PLAIN).outcome for _ in range(3)] == [ReadOutcome.UNAVAILABLE] * 3
    assert len(tries) == len(caplog.records) == 1


def test_the_models_are_loaded_with_the_first_picture_and_not_before() -> None:
    library = _Library([])
    reader = WordReader(load=library.load)
    reader.read(b"no picture")
    assert library.loaded == 0
    reader.read(PLAIN)
    reader.read(PLAIN)
    assert library.loaded == 1


def test_long_doubtful_and_empty_lines_are_cut_and_left_out() -> None:
    found = [_found("x" * 500, top=9), _found("blurred", 0.2), _found("  "), _found("first", top=1)]
    reader = WordReader(load=_Library(found).load)
    assert [line.text for line in reader(PLAIN)] == ["first", "x" * 200]


def test_the_tallest_lines_are_read_and_what_is_no_line_is_not() -> None:
    sizes = [(20, 100), (4, 100), (40, 100), (10, 900), (30, 100)]
    assert worth_reading(sizes, 2) == [2, 4]
    assert worth_reading(sizes, 9) == [2, 4, 0]


def test_all_lines_together_have_a_length() -> None:
    assert len(worth_reading([(10, 300)] * 64, 64)) == 21


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="longer_side"):
        PictureWordsSettings(longer_side=10_000)
