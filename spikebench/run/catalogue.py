"""What lies in datasets/, backbones/ and methods/: names and files, without importing torch."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from spikebench.data.registry import DatasetSpec, load_dataset
from spikebench.errors import BenchError
from spikebench.io.local import at_home, local_path
from spikebench.io.yaml import read_yaml
from spikebench.run import paths

ROOT = Path()  # everything is named relative to the folder that Snakemake runs in


def dataset_names(root: Path = ROOT) -> list[str]:
    """Return the names of the folders in datasets/ that hold a dataset.yaml."""
    return sorted(file.parent.name for file in root.glob("datasets/*/dataset.yaml"))


def backbone_names(root: Path = ROOT) -> list[str]:
    """Return the stems of backbones/*.yaml."""
    return sorted(file.stem for file in root.glob("backbones/*.yaml"))


def method_names(folders: Iterable[Path], root: Path = ROOT) -> list[str]:
    """Return the stems of the method files in `folders`; a leading underscore hides a file."""
    files = (file for folder in folders for file in (root / folder).glob("[!_]*.py"))
    return sorted({file.stem for file in files})


def method_file(name: str, folders: Iterable[Path], root: Path = ROOT) -> Path:
    """Return FOLDER/<name>.py from the folder that holds it, relative to `root`.

    Raises `BenchError` where no folder does, and where two files have the name: whichever was
    taken, someone would take its numbers for those of the other.
    """
    found: dict[Path, Path] = {}
    for file in (Path(folder, f"{name}.py") for folder in folders):
        if (root / file).is_file():
            found.setdefault((root / file).resolve(), file)
    if not found:
        raise BenchError(f"There is no method file {name}.py in {', '.join(map(str, folders))}.")
    if len(found) > 1:
        raise BenchError(
            f"method '{name}' is in two files, {' and '.join(map(str, found.values()))}. Rename "
            "yours, or leave the folder of the other out of `method_paths`."
        )
    return next(iter(found.values()))


def dataset_files(name: str, root: Path = ROOT) -> list[Path]:
    """Return the files that define a data set."""
    files = (Path("datasets", name, file) for file in ("dataset.yaml", "files.csv"))
    return [file for file in files if (root / file).is_file()]


@cache
def dataset(name: str, root: Path = ROOT) -> DatasetSpec:
    """Return a data set as its folder in datasets/ describes it."""
    return load_dataset(name, root / "datasets")


def is_pinned(name: str, root: Path = ROOT) -> bool:
    """Tell whether every file of a data set is pinned by its hash."""
    return dataset(name, root).pinned


def backbone_task(name: str, root: Path = ROOT) -> str:
    """Return the task that a backbone was trained for, as data sets call it: `Task.label`."""
    kind = _manifest_value(name, root, "task", "kind")
    return _manifest_value(name, root, "task", "name") if kind == "paired" else kind


def backbone_file(name: str) -> Path:
    """Return backbones/<name>.yaml."""
    return Path("backbones", f"{name}.yaml")


def architecture(name: str, root: Path = ROOT) -> str:
    """Return the name of a backbone's architecture, a file in backbones/ without .py."""
    return _manifest_value(name, root, "architecture")


def architecture_files(root: Path = ROOT) -> list[Path]:
    """Return backbones/*.py."""
    return sorted(root.glob("backbones/*.py"))


def embedded_weights(name: str, root: Path = ROOT) -> list[Path]:
    """Return the file that a backbone's weights are in; none if they are fetched.

    It is relative to `root` where it lies in backbones/. One that is not there is none, too: the
    job that reads it says so.
    """
    weights = _manifest_value(name, root, "weights")
    found = [weights.get("file"), weights.get("url")] if isinstance(weights, dict) else []
    named = next((local_path(entry) for entry in found if isinstance(entry, str)), None)
    file = at_home(named, Path("backbones")) if named else None
    return [file] if file and (root / file).is_file() else []


def has_pinned_weights(name: str, root: Path = ROOT) -> bool:
    """Tell whether a backbone's weights are fixed by a full hash."""
    return "sha256" in _manifest_value(name, root, "weights")


def scored_datasets(name: str, root: Path = ROOT) -> list[str]:
    """Return the data sets on which a number of the backbone is known."""
    manifest = _manifest_value(name, root)
    scores = [*manifest.get("published", []), *manifest.get("measured", [])]
    return sorted({score["dataset"] for score in scores})


def has_recipe(name: str, root: Path = ROOT) -> bool:
    """Tell whether a backbone was trained here."""
    return "recipe" in _manifest_value(name, root)


def training_dataset(name: str, root: Path = ROOT) -> str:
    """Return the data set that a backbone's recipe trains on."""
    return _manifest_value(name, root, "recipe", "dataset")


def training_threads(name: str, root: Path = ROOT) -> int:
    """Return the number of threads that a backbone's recipe trains with."""
    return _manifest_value(name, root, "recipe", "threads")


def recipe_names(root: Path = ROOT) -> list[str]:
    """Return the stems of finetuning/*.yaml."""
    return sorted(file.stem for file in root.glob("finetuning/*.yaml"))


def recipe_file(name: str) -> Path:
    """Return finetuning/<name>.yaml."""
    return Path("finetuning", f"{name}.yaml")


def tuning_dataset(recipe: str, backbone: str, root: Path = ROOT) -> str:
    """Return the data set on which a recipe fine-tunes a backbone."""
    task = backbone_task(backbone, root)
    return _value(root / recipe_file(recipe), "datasets", task, "name")


def tuning_threads(recipe: str, root: Path = ROOT) -> int:
    """Return the number of threads that a recipe trains with."""
    return _value(root / recipe_file(recipe), "training", "threads")


def is_pinned_state(recipe: str, backbone: str, root: Path = ROOT) -> bool:
    """Tell whether a recipe pins its state of a backbone, which is then never trained for a run."""
    return backbone in (_value(root / recipe_file(recipe)).get("states") or {})


def tuned_state(recipe: str, backbone: str, root: Path = ROOT) -> Path:
    """Return where a run finds a fine-tuned state.

    Where the recipe pins one, it is copied from finetuning/states/ or fetched; else it is trained.
    """
    place = paths.pinned_state if is_pinned_state(recipe, backbone, root) else paths.finetuned
    return place(recipe, backbone)


def learning_curve(recipe: str, backbone: str, root: Path = ROOT) -> Path | None:
    """Return the curve of the state that a run finds, None where a pinned one came without it."""
    if not is_pinned_state(recipe, backbone, root):
        return paths.finetuned(recipe, backbone, ".csv")
    beside = committed_state(recipe, backbone).with_suffix(".csv")
    return beside if (root / beside).is_file() else None


def committed_state(recipe: str, backbone: str) -> Path:
    """Return finetuning/states/<backbone>/<recipe>.safetensors."""
    return Path("finetuning", "states", backbone, f"{recipe}.safetensors")


def _manifest_value(name: str, root: Path, *keys: str) -> Any:
    """Return one value of backbones/<name>.yaml; whoever builds the backbone checks the rest."""
    return _value(root / backbone_file(name), *keys)


def _value(file: Path, *keys: str) -> Any:
    try:
        value = _read(file)
        for key in keys:
            value = value[key]
    except (LookupError, TypeError) as error:
        raise BenchError(f"{file}: `{'.'.join(keys)}` cannot be read: {error!r}.") from None
    return value


@cache
def _read(file: Path) -> Any:
    return read_yaml(file)
