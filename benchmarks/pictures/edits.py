"""The edits by name, and in which order a seller makes two of them.

An edit takes an RGB picture, chance, and other pictures that have nothing to do with it; it gives a new picture, or
None where it would change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from random import Random

from PIL import Image

from benchmarks.pictures import collages, overlays, shapes, tones

Others = Sequence[Image.Image]
Change = Callable[[Image.Image, Random, Others], Image.Image | None]

QUALITY = 88  # of the JPEG that every edited picture is sent as


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit. Of a pair the one with the lower `step` comes first; two of the same `family` are not combined."""

    name: str
    family: str
    step: int
    change: Change


def _edits() -> Sequence[Edit]:
    return (
        Edit("200 px", "size", 0, shapes.small),
        *(Edit(f"crop {p} %", "crop", 1, partial(shapes.crop, share=p / 100)) for p in (2, 5, 10)),
        Edit("mirror", "mirror", 2, shapes.mirror),
        Edit("rotation 2 degrees, filled", "rotation", 3, shapes.rotation_filled),
        Edit("rotation 2 degrees, cropped", "rotation", 3, shapes.rotation_cropped),
        Edit("grey", "tone", 4, tones.gray),
        Edit("brightness 1.3", "tone", 4, tones.brighter),
        *(Edit(f"banner {p} % over", "banner", 5, partial(overlays.banner_over, share=p / 100)) for p in (10, 20)),
        *(Edit(f"banner {p} % added", "banner", 5, partial(overlays.banner_added, share=p / 100)) for p in (10, 20)),
        *(Edit(f"badge {p} %", "badge", 6, partial(overlays.badge, share=p / 100)) for p in (2, 5, 10)),
        Edit("watermark", "watermark", 7, overlays.watermark),
        *(Edit(f"border {p} %", "border", 8, partial(shapes.border, share=p / 100)) for p in (2, 5, 10)),
        Edit("square", "border", 8, shapes.square),
        *(
            Edit(
                f"collage of {n}{', gutters' if gutter else ''}",
                "collage",
                9,
                partial(collages.collage, n=n, gutter=gutter),
            )
            for n in (2, 4)
            for gutter in (0.0, 0.03)
        ),
        Edit("interface frame", "frame", 10, collages.interface_frame),
        Edit("JPEG q30", "jpeg", 11, tones.as_it_is),
    )


EDITS: Mapping[str, Edit] = {edit.name: edit for edit in _edits()}


def apply(names: Sequence[str], picture: Image.Image, rng: Random, others: Others) -> bytes | None:
    """The picture after the edits, as a JPEG; None where one of them changes nothing."""
    edits = sorted((EDITS[name] for name in names), key=lambda edit: edit.step)
    for edit in edits:
        changed = edit.change(picture, rng, others)
        if changed is None:
            return None
        picture = changed
    out = BytesIO()
    picture.save(out, "JPEG", quality=30 if "JPEG q30" in names else QUALITY)
    return out.getvalue()


def pairs() -> Sequence[tuple[str, str]]:
    """All pairs of edits of different families, in the order in which they are made."""
    edits = sorted(EDITS.values(), key=lambda edit: edit.step)
    return [(a.name, b.name) for i, a in enumerate(edits) for b in edits[i + 1 :] if a.family != b.family]
