"""A model from a YAML file: what it holds, and one message for each mistake."""

import re
from pathlib import Path

import pytest
import yaml

from spikebench.energy.own import OwnModel, Prices, read_model
from spikebench.energy.prices import PriceList
from spikebench.errors import BenchError
from tests.energy.work_rows import work_frame

CHIP = {
    "title": "My chip",
    "source": "its data sheet, table 3",
    "omits": "leakage",
    "first_layer": "streaming",
    "activation_bits": 8,
    "prices": {"mac": 0.5, "ac": 0.1, "mac_at": {4: 0.25}, "payload_bit": 2.0},
}


@pytest.fixture
def write(tmp_path):
    def file(name: str = "my_chip.yaml", **changes):
        (tmp_path / name).write_text(yaml.safe_dump(CHIP | changes))
        return tmp_path / name

    return file


def test_a_file_is_a_price_list_named_like_itself(write):
    model = read_model(write())
    assert model == PriceList(
        name="my_chip",
        title="My chip",
        source="its data sheet, table 3",
        omits="leakage",
        first_layer="streaming",
        activation_bits=8,
        mac=0.5,
        ac=0.1,
        mac_at={4: 0.25},
        payload_bit=2.0,
    )
    assert model.picojoule(work_frame("signed", events=3, synops=10))[0] == 3 * 2 * 2.0 + 1.0


def test_what_is_not_named_is_cached_and_free(write):
    model = read_model(write(first_layer="cached", prices={"mac": 1, "ac": 1}))
    assert (model.first_layer, model.state_op, model.mac_at) == ("cached", 0, {})


def test_a_price_that_stands_twice_is_refused(write):
    file = write()
    file.write_text(file.read_text().replace("  mac: 0.5\n", "  mac: 0.5\n  mac: 5.0\n"))
    with pytest.raises(BenchError, match=r"my_chip\.yaml: line \d+: `prices\.mac` stands in line"):
        read_model(file)


def test_every_price_of_a_list_can_be_given():
    lists = {name for name, kind in PriceList.__annotations__.items() if name != "activation_bits"}
    assert set(Prices.model_fields) == lists


def test_the_template_holds_every_key():
    file = Path("config/energy/template.yaml")
    written = yaml.safe_load(file.read_text())
    assert written.keys() == set(OwnModel.model_fields)
    assert written["prices"].keys() == set(Prices.model_fields)
    assert read_model(file).name == "template"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"titel": "x"}, r"unknown key `titel`. Did you mean 'title'\?"),
        ({"omits": ""}, r"`omits` is ''. Expected: what has no price, in words."),
        ({"first_layer": "once"}, r"`first_layer` is 'once'. Expected: `cached` to pay the first"),
        (
            {"prices": {"mac": 1}},
            r"`prices.ac` is missing. It holds a price in pJ, at least 0",
        ),
        ({"prices": {"mac": -1, "ac": 1}}, r"`prices.mac` is -1. Expected: a price in pJ"),
        ({"prices": {"mac": 1, "ac": "x"}}, r"`prices.ac` is 'x'. Expected: a price in pJ"),
        ({"prices": {"mac": 1, "ac": 1, "acc": 1}}, r"unknown key `prices.acc`. Did you mean 'ac'"),
        (
            {"prices": {"mac": 1, "ac": 1, "mac_at": {99: 1}}},
            r"Expected: a mapping from bits of an",
        ),
        ({"prices": {"mac": float("inf"), "ac": 1}}, r"`prices.mac` is inf. Expected"),
    ],
)
def test_a_mistake_names_file_and_key(write, changes, message):
    with pytest.raises(BenchError, match=r"my_chip\.yaml: .*" + message):
        read_model(write(**changes))


def test_a_missing_title_is_named(write, tmp_path):
    (tmp_path / "chip.yaml").write_text("prices: {mac: 1, ac: 1}\n")
    with pytest.raises(BenchError) as caught:
        read_model(tmp_path / "chip.yaml")
    missing = re.findall(r"`(\w+)` is missing", str(caught.value))
    assert missing == ["title", "source", "omits"]


def test_a_file_that_is_not_there_or_no_yaml_is_named(tmp_path):
    with pytest.raises(BenchError, match=r"gone\.yaml: cannot be read"):
        read_model(tmp_path / "gone.yaml")
    (tmp_path / "bad.yaml").write_text("prices: {")
    with pytest.raises(BenchError, match=r"bad\.yaml: is not YAML"):
        read_model(tmp_path / "bad.yaml")


def test_a_name_that_cannot_be_a_column_is_refused(write):
    with pytest.raises(BenchError, match=r"My-Chip\.yaml: .*lower-case letters"):
        read_model(write("My-Chip.yaml"))
