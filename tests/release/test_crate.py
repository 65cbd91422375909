"""RO-Crate metadata: what RO-Crate 1.1 and Process Run Crate 0.5 require."""

import json

import pytest

from spikebench.io.checksums import file_sha256


@pytest.fixture(scope="module")
def entities(frozen) -> dict[str, dict]:
    document = json.loads((frozen / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert document["@context"] == "https://w3id.org/ro/crate/1.1/context"
    found = {entity["@id"]: entity for entity in document["@graph"]}
    assert len(found) == len(document["@graph"])  # an identifier stands for one entity
    return found


def references(value) -> list[str]:
    if isinstance(value, dict):
        return [value["@id"]] if value.keys() == {"@id"} else []
    return [name for item in value for name in references(item)] if isinstance(value, list) else []


def test_the_descriptor_is_about_the_root(entities):
    descriptor = entities["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}


def test_the_root_has_what_it_must(entities):
    root = entities["./"]
    assert root["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license"} <= root.keys()
    assert root["conformsTo"] == {"@id": "https://w3id.org/ro/wfrun/process/0.5"}
    assert root["mentions"] == {"@id": "#run"}
    assert entities[root["author"]["@id"]]["@type"] == "Organization"
    assert entities[root["publisher"]["@id"]]["@type"] == "Organization"


def test_every_file_is_there_and_described(frozen, entities):
    files = {
        path.relative_to(frozen).as_posix() for path in frozen.rglob("*") if path.is_file()
    } - {"manifest.json", "ro-crate-metadata.json"}
    assert set(references(entities["./"]["hasPart"])) == files
    for name in files:
        entity = entities[name]
        assert entity["@type"] == "File"
        assert entity["sha256"] == file_sha256(frozen / name)
        assert int(entity["contentSize"]) == (frozen / name).stat().st_size
    assert entities["report/index.html"]["encodingFormat"] == "text/html"


def test_the_action_names_instrument_objects_and_results(entities):
    action = entities["#run"]
    assert action["@type"] == "CreateAction"
    assert entities[action["instrument"]["@id"]]["@type"] == "SoftwareApplication"
    assert {"config.yaml", "#data-set-photos", "#method-steady"} <= {*references(action["object"])}
    assert "results/images.parquet" in references(action["result"])


def test_every_reference_is_described_here_or_an_address(entities):
    for entity in entities.values():
        for name in (name for value in entity.values() for name in references(value)):
            assert name in entities or name.startswith(
                ("https://w3id.org/ro/crate", "http://schema")
            )
