"""The table that the page describes models from."""

from spikebench.energy import MODELS
from spikebench.energy.about import ENERGY_MODELS, about


def test_a_model_is_described_in_its_own_words_and_the_configurations():
    names = ["lemaire_int32", "45nm_int8_streaming"]
    table = about([MODELS[name] for name in names], ["mine/lemaire.yaml", names[1]])
    assert table.schema.equals(ENERGY_MODELS)
    first, second = table.to_pylist()
    assert first["entry"] == "mine/lemaire.yaml"
    assert second["first_layer"] == "streaming"
    assert (second["title"], second["omits"]) == (MODELS[names[1]].title, MODELS[names[1]].omits)
