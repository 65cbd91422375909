"""docs/references.bib holds what methods, backbones and data sets cite."""

import re
from pathlib import Path

import pytest

from spikebench import catalogue
from spikebench.ann.backbone import load_backbone_spec
from spikebench.data.registry import load_dataset
from spikebench.snn.method import load_method

METHODS = [Path("methods")]
ENTRY = re.compile(r"^@(\w+)\{([^,\s]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^ {2}(\w+)\s*= \{(.*?)\},$", re.MULTILINE | re.DOTALL)
VENUE = {"article": "journal", "inproceedings": "booktitle"}


def entries() -> list[tuple[str, str, dict[str, str]]]:
    """Return (type, key, fields) of every entry."""
    text = Path("docs/references.bib").read_text(encoding="utf-8")
    return [(kind, key, dict(FIELD.findall(body))) for kind, key, body in ENTRY.findall(text)]


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
    text = Path("docs/references.bib").read_text(encoding="utf-8")
    assert len(entries()) == len(re.findall("^@", text, re.MULTILINE)) > 0


def test_every_citation_has_its_entry():
    known = {key for _, key, _ in entries()}
    missing = [f"{name} cites {key}" for name, key in cited() if key not in known]
    assert not missing, "; ".join(missing)


def test_keys_are_unique():
    keys = [key for _, key, _ in entries()]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize(("kind", "key", "fields"), [pytest.param(*e, id=e[1]) for e in entries()])
def test_an_entry_is_complete(kind, key, fields):
    assert {"author", "title", "year", VENUE[kind]} <= fields.keys()
    assert re.fullmatch(r"\d{4}", fields["year"])
    assert re.fullmatch(r"10\.\d{4,}/\S+", fields["doi"])  # bare, not an address
    assert all(text.count("{") == text.count("}") for text in fields.values())
