"""The energy models by name, and those that a configuration names by a file."""

from pathlib import Path

from spikebench.energy import lemaire, movement, nm45
from spikebench.energy.model import EnergyModel
from spikebench.energy.own import read_model
from spikebench.errors import BenchError
from spikebench.io.yaml import suggestion

MODELS: dict[str, EnergyModel] = {
    model.name: model for model in [*nm45.MODELS, *lemaire.MODELS, *movement.MODELS]
}
SUFFIXES = (".yaml", ".yml")


def is_file(entry: str) -> bool:
    """Tell whether an entry of `energy_models` names a YAML file and not a built-in model."""
    return entry.endswith(SUFFIXES)


def find_models(entries: list[str], root: Path = Path()) -> list[EnergyModel]:
    """Return the models that a configuration names, in its order; files are found under `root`.

    Raises `BenchError` for an unknown name, a file with mistakes, or two models of one name.
    """
    found: dict[str, EnergyModel] = {}
    for entry in entries:
        model = read_model(root / entry) if is_file(entry) else _built_in(entry)
        if model.name in found or (is_file(entry) and model.name in MODELS):
            raise BenchError(
                f"there are two energy models '{model.name}'. Name each once, and a file of yours "
                "unlike the models that come with spikebench."
            )
        found[model.name] = model
    return list(found.values())


def _built_in(name: str) -> EnergyModel:
    if name not in MODELS:
        raise BenchError(
            f"unknown energy model '{name}'.{suggestion(name, MODELS)} Known: {', '.join(MODELS)}, "
            "or the path of a YAML file."
        )
    return MODELS[name]
