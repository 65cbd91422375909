"""Reading a configuration: its values are checked, and so is everything that it names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from spikebench.errors import BenchError
from spikebench.io.yaml import explain, read_yaml
from spikebench.run.config import RunConfig
from spikebench.run.references import check_references


def load_config(
    source: Path | dict[str, Any], *, place: str | None = None, root: Path = Path()
) -> RunConfig:
    """Read and check a configuration, given as a YAML file or as what such a file holds.

    `place` names the source in messages; datasets/, backbones/ and the method folders are looked
    up under `root`. Raises BenchError with one line per mistake.
    """
    place = place or (str(source) if isinstance(source, Path) else "configuration")
    data = read_yaml(source) if isinstance(source, Path) else source
    try:
        config = RunConfig.model_validate(data)
    except ValidationError as error:
        raise BenchError(explain(error, RunConfig, data, place)) from None
    check_references(config, place, root)
    return config


def load_merged(
    merged: dict[str, Any],
    files: Sequence[Path],
    arguments: Sequence[str] = (),
    *,
    root: Path = Path(),
) -> RunConfig:
    """Check the configuration that Snakemake read and merged from files and from `--config`.

    Snakemake keeps the last of two equal keys in silence, so the files are read once more. In lists
    and mappings of `arguments`, each NAME=VALUE, it leaves all values texts: `timesteps=[1,2]` is
    read again. Raises BenchError as `load_config` does, and for a key that stands twice in a file.
    """
    for file in files:
        read_yaml(file)
    for argument in arguments:
        name, _, text = argument.partition("=")
        merged = _merged(merged, {name: _nested(text)}) if _nested(text) else merged
    return load_config(merged, place=", ".join(map(str, files)), root=root)


def _nested(text: str) -> Any:
    """Return the list or mapping that a text is as YAML, None where it is neither."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    return value if isinstance(value, list | dict) else None


def _merged(below: Any, above: Any) -> Any:
    """Return mappings merged at every depth, as Snakemake merges them; else what is above."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return below | {key: _merged(below.get(key), value) for key, value in above.items()}
