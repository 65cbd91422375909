"""Inputs and clean images that belong together, and what is asked of their task."""

from dataclasses import replace
from pathlib import Path

from spikebench.adding.images import Found
from spikebench.data.entry import few, unpaired
from spikebench.errors import BenchError
from spikebench.io.yaml import suggestion
from spikebench.task import NAMED_BY_KIND

COMPUTED = ("denoise", "jpeg")  # tasks that make their inputs of clean images, always


def with_factor(found: list[Found], folder: Path) -> list[Found]:
    """Return pairs with how many times larger than its input a clean image is, if it is.

    Raises `BenchError` naming the files where an image has no partner, or the sides of a pair do
    not have the factor of the first one.
    """
    problems = list(unpaired([image.entry for image in found]))
    clean = {image.entry.name: image for image in found if image.entry.role == "target"}
    inputs = [image for image in found if image.entry.role == "degraded"]
    if not inputs or problems:
        if problems:
            raise BenchError(f"{folder}: {'; '.join(problems)}. Nothing was written.")
        return found
    factor = max(1, clean[inputs[0].entry.name].width // inputs[0].width)
    wrong = [
        f"{image.entry.path} has {image.width} x {image.height} pixels, "
        f"{target.entry.path} {target.width} x {target.height}"
        for image in inputs
        if (target := clean[image.entry.name])
        and (image.height, image.width) != (target.height // factor, target.width // factor)
    ]
    if wrong:
        larger = f"{factor} times as large as" if factor > 1 else "as large as"
        raise BenchError(
            f"{folder}: clean images are not {larger} their inputs: {few(wrong)}. Nothing was "
            "written."
        )
    return [_of_factor(image, factor) for image in found]


def refuse_tasks(tasks: list[str], found: list[Found], folder: Path) -> None:
    """Raise `BenchError` where tasks would use no inputs that are there, or lack those they need.

    An empty list stands for what clean images serve.
    """
    inputs = [image.entry for image in found if image.entry.role == "degraded"]
    if not inputs:
        if own := [task for task in tasks if task not in NAMED_BY_KIND]:
            raise BenchError(
                f"{folder}: the inputs of {own[0]} cannot be computed from clean images. Put them "
                "into a folder input/, and the clean images into target/ beside it, under the same "
                f"names; or name one of {', '.join(NAMED_BY_KIND)}."
                f"{suggestion(own[0], NAMED_BY_KIND)}"
            )
        return
    computed = [task for task in tasks if task in COMPUTED]
    equal = "super_resolution" in tasks and inputs[0].scale is None
    if not tasks or computed or equal:
        raise BenchError(
            f"{folder} has input/ and target/, so say what its inputs need: --task deblur, or "
            "another name of yours, or derain"
            + ("" if inputs[0].scale is None else ", or super_resolution")
            + (f"; {', '.join(computed)} would not use them" if computed else "")
            + (", as large as its clean images" if equal else "")
            + "."
        )


def _of_factor(image: Found, factor: int) -> Found:
    if factor == 1:
        return image
    return replace(image, entry=image.entry.model_copy(update={"scale": factor}))
