"""docs/references.bib holds what methods, backbones and data sets cite."""

import re
from pathlib import Path

import pytest

from spikebench.ann.backbone import load_backbone_spec
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from spikebench.io.bibliography import FILE, read_bibliography
from spikebench.run import catalogue
from spikebench.snn.method import load_method

METHODS = [Path("methods")]
ENTRIES = read_bibliography()
VENUE = {"article": "journal", "inproceedings": "booktitle"}


def cited() -> list[tuple[str, str]]:
    """Return who cites which key; "none" is said where there is nothing to cite."""
    methods = {
        name: load_method(catalogue.method_file(name, METHODS)).citation
        for name in catalogue.method_names(METHODS)
    }
    backbones = {name: load_backbone_spec(name).citation for name in catalogue.backbone_names()}
    datasets = {name: load_dataset(name).citation for name in catalogue.dataset_names()}
    pairs = [*methods.items(), *backbones.items(), *datasets.items()]
    return [(name, key) for name, key in pairs if key != "none"]


def test_every_entry_is_read():
    text = FILE.read_text(encoding="utf-8")
    assert len(ENTRIES) == len(re.findall("^@", text, re.MULTILINE)) > 0


def test_every_citation_has_its_entry():
    known = {entry.key for entry in ENTRIES}
    missing = [f"{name} cites {key}" for name, key in cited() if key not in known]
    assert not missing, "; ".join(missing)


def test_keys_are_unique():
    keys = [entry.key for entry in ENTRIES]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_an_entry_is_complete(entry):
    fields = entry.fields
    assert {"author", "title", "year", VENUE[entry.kind]} <= fields.keys()
    assert re.fullmatch(r"\d{4}", fields["year"])
    assert re.fullmatch(r"10\.\d{4,}/\S+", fields["doi"])  # bare, not an address
    assert all(text.count("{") == text.count("}") for text in fields.values())


def test_outside_a_checkout_there_is_none(tmp_path):
    with pytest.raises(BenchError, match="Run this in the root folder of the checkout"):
        read_bibliography(tmp_path / "references.bib")
