"""A folder of images becomes a data set: datasets/NAME, and a run that uses it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from spikebench.adding.configuration import board, configuration, next_step
from spikebench.adding.images import SHOWN, Found, find_images
from spikebench.adding.leaks import leaks
from spikebench.adding.manifests import of_dataset, of_files
from spikebench.adding.names import own_name, refuse_outside
from spikebench.adding.pairs import refuse_tasks, with_factor
from spikebench.adding.tasks import task_name
from spikebench.adding.write import refuse_to_replace, write_together
from spikebench.data.registry import DatasetSpec
from spikebench.task import NAMED_BY_KIND


def add_dataset(
    folder: Path,
    *,
    name: str | None = None,
    tasks: Sequence[str] = (),
    role: Literal["test", "train"] = "test",
    licence: str | None = None,
    force: bool = False,
    root: Path = Path(),
) -> list[str]:
    """Write datasets/NAME/{dataset.yaml, files.csv} and config/NAME.yaml; say what was found.

    `tasks` are those it serves, all that clean images serve if there are none. The images stay
    where they are. Their bytes and pixels are pinned by hash, so that a later change is seen. The
    run is left out where something that it needs is not here yet. Raises `BenchError` where files
    are there already and `force` is not given, for tasks that do not suit the images, and as
    `find_images` and `with_factor` do; nothing is written then.
    """
    refuse_outside(root)
    name = own_name(name, folder)
    chosen = [task_name(task) for task in dict.fromkeys(tasks)]
    place, run = root / "datasets" / name, root / "config" / f"{name}.yaml"
    refuse_to_replace([place / "dataset.yaml", place / "files.csv", run], force)
    found, passed_over = find_images(folder)
    found = with_factor(found, folder)
    refuse_tasks(chosen, found, folder)
    spec = _spec(folder, name, chosen or list(NAMED_BY_KIND), role, licence or "not stated", found)
    texts = {place / "dataset.yaml": of_dataset(spec), place / "files.csv": of_files(spec.files)}
    boards = [board(task, root, spec) for task in spec.tasks]
    if whole := [each for each in boards if not list(each.lacking())]:
        texts[run] = configuration(name, f"the data set {name}", whole)
    said = [*_description(spec, found, passed_over), *leaks(spec, root)]
    write_together(texts, force)
    return [*said, f"Written: {', '.join(map(str, texts))}.", next_step(name, boards)]


def _spec(
    folder: Path,
    name: str,
    tasks: list[str],
    role: Literal["test", "train"],
    licence: str,
    found: list[Found],
) -> DatasetSpec:
    clean = [image for image in found if image.entry.role == "target"]
    sides = [side for image in clean for side in (image.height, image.width)]
    return DatasetSpec.model_validate(
        {
            "name": name,
            "title": folder.resolve().name,
            "role": role,
            "tasks": tasks,
            "images": len(clean),
            "sides": (min(sides), max(sides)),
            "licence": licence,
            "grey_as_rgb": any(image.grey for image in found),
            "citation": "none",
            "folder": str(folder.resolve()),
            "files": [image.entry for image in found],
        }
    )


def _description(spec: DatasetSpec, found: list[Found], passed_over: list[str]) -> list[str]:
    grey = sum(image.grey for image in found)
    shortest, longest = spec.sides
    inputs = " with their inputs" if len(found) > spec.images else ""
    lines = [
        f"{spec.name}: {spec.images} clean images{inputs}, {grey} files grey, sides of {shortest} "
        f"to {longest} pixels; every one was read, and no two clean ones have the same pixels."
    ]
    if passed_over:
        more = ", ..." if passed_over[SHOWN:] else ""
        lines.append(f"Passed over: {', '.join(passed_over[:SHOWN])}{more}.")
    if grey:
        lines.append(
            "To networks for colour the grey ones are colours with three equal channels, unless "
            "`grey_as_rgb` says false."
        )
    return lines
