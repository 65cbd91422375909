"""Models by name and by file."""

import pytest

from spikebench.energy import MODELS, find_models
from spikebench.errors import BenchError

CHIP = "{title: T, source: S, omits: nothing, prices: {mac: 1, ac: 1}}\n"


def test_models_come_in_the_order_of_the_configuration(tmp_path):
    (tmp_path / "chip.yaml").write_text(CHIP)
    found = find_models(["lemaire_int32", "chip.yaml", "45nm_fp32_cached"], tmp_path)
    assert [model.name for model in found] == ["lemaire_int32", "chip", "45nm_fp32_cached"]
    assert found[0] is MODELS["lemaire_int32"]


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(BenchError, match=r"'45nm'.*45nm_fp32_cached.*or the path of a YAML file"):
        find_models(["45nm"])


@pytest.mark.parametrize("entries", [["lemaire_int32"] * 2, ["lemaire_int32.yaml"]])
def test_two_models_of_one_name_are_refused(entries, tmp_path):
    (tmp_path / "lemaire_int32.yaml").write_text(CHIP)
    with pytest.raises(BenchError, match="two energy models 'lemaire_int32'"):
        find_models(entries, tmp_path)
