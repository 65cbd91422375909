"""What a run says of itself: its methods, its energy models, and itself."""

from spikebench.results.columns.common import (
    FAMILY,
    GIT_COMMIT,
    METHOD,
    METHOD_HASH,
    TORCH_VERSION,
    VERSION,
)
from spikebench.results.columns.field import Field, Shown, Table


def _text(name: str, meaning: str, source: str, shown: Shown | None = None) -> Field:
    return Field(name=name, kind="text", meaning=meaning, source=source, shown=shown)


def _of_a_model(name: str, meaning: str, source: str = "the energy model") -> Field:
    return Field(name=name, kind="text", meaning=meaning, source=source, nullable=True)


OF_THE_FILE = "collect: the method's file"
SETTINGS = "collect: the configuration"
NOTES = Shown(place=150, key="notes", title="Notes", by_default=False)

METHODS = Table(
    "methods",
    "a row of the configuration's methods",
    fields=(
        METHOD,
        _text("name", "Short name, for tables and charts.", SETTINGS),
        _text("title", "Full title.", OF_THE_FILE),
        FAMILY,
        _text("citation", "BibTeX key of the work; none for a reference.", OF_THE_FILE),
        _text("bibtex", "BibTeX entry of the work.", "docs/references.bib"),
        _text("anytime", "JSON: whether one simulation serves every T.", OF_THE_FILE),
        _text("summary", "Opening of the documentation, in one line.", OF_THE_FILE, NOTES),
        Field(
            name="remark",
            kind="text",
            meaning="A sentence on the row for readers, such as why its numbers are low.",
            source=SETTINGS,
            nullable=True,
            later=True,
        ),
        _text("documentation", "Documentation of the file.", OF_THE_FILE),
        _text("options", "JSON: options that the configuration sets.", SETTINGS),
        _text("settings", "JSON: all options, with the defaults of the others.", OF_THE_FILE),
        _text("source", "Path of the file.", SETTINGS),
        METHOD_HASH,
    ),
)
ENERGY_MODELS = Table(
    "energy_models",
    "an energy model, in the order of the configuration; the first one ranks",
    fields=(
        _of_a_model("name", "Name, as in the column `energy_model`."),
        _of_a_model("title", "Title for tables and charts."),
        _of_a_model("source", "Where its prices come from."),
        _of_a_model("omits", "What has no price."),
        _of_a_model("first_layer", "How the first layer is paid: cached or streaming."),
        _of_a_model("entry", "What the configuration names: a built-in model or a file.", SETTINGS),
    ),
)
RUN = Table(
    "run",
    "the run itself",
    fields=(
        _text("run", "Name of the run.", SETTINGS),
        _text("config", "YAML: the configuration without the energy models.", SETTINGS),
        _text("timesteps", "JSON: the recorded T.", SETTINGS),
        _text("base_seed", "First seed.", SETTINGS),
        _text("benchmarks", "JSON: which data sets with which backbones and methods.", SETTINGS),
        _text("datasets", "JSON: the data sets by name.", "collect: datasets/"),
        _text("backbones", "JSON: the backbones by name, each with its graph.", "backbones/"),
        _text("refusals", "JSON: which method refused which backbone, and why.", "convert"),
        _text("failures", "JSON: cells without numbers, and why.", "collect: the logs"),
        _text("notes", "JSON: remarks for the page.", "collect"),
        GIT_COMMIT,
        VERSION,
        _text("python", "Version of Python.", "the machine"),
        TORCH_VERSION,
        _text("platform", "Operating system and processor.", "the machine"),
        _text("created", "When the run was collected, ISO 8601.", "the machine"),
    ),
)
