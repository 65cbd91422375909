"""Reading a configuration: its values are checked, and so is everything that it names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

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


def load_merged(merged: dict[str, Any], files: Sequence[Path], *, root: Path = Path()) -> RunConfig:
    """Check the configuration that Snakemake read and merged from files.

    Snakemake keeps the last of two equal keys in silence, so the files are read once more. Raises
    BenchError as `load_config` does, and for each key that stands twice in a file.
    """
    for file in files:
        read_yaml(file)
    return load_config(merged, place=", ".join(map(str, files)), root=root)
