"""A price list charges each count its price and nothing else."""

import dataclasses

import pytest

from spikebench.energy.prices import PAYLOAD_BITS, PriceList
from spikebench.snn.model.spikes.audit import MOST_DIGITS, MOST_SPIKES_A_STEP
from tests.energy.work_rows import work_frame

ABOUT = {"name": "m", "title": "M", "source": "s", "omits": "o"}
# (price, kind, work, what it costs at 1 pJ)
CHARGED = [
    ("mac", "analogue", {"macs": 10}, 10),
    ("ac", "binary", {"synops": 10}, 10),
    ("shift", "graded", {"synops": 10}, 10),
    ("shift", "burst", {"synops": 10}, 0),
    ("sign", "signed", {"synops": 10}, 10),
    ("sign", "burst", {"synops": 10}, 10),
    ("sign", "graded", {"synops": 10}, 10),
    ("sign", "binary", {"synops": 10}, 0),
    ("state_op", "none", {"state_ops": 10}, 10),
    ("special_op", "analogue", {"special_ops": 10}, 10),
    ("event", "burst", {"events": 10, "spikes": 30}, 10),
    ("payload_bit", "binary", {"events": 10}, 10),
    ("payload_bit", "signed", {"events": 10}, 20),
    ("payload_bit", "burst", {"events": 10}, 80),
    ("payload_bit", "graded", {"events": 10}, 90),
    ("activation_bit", "analogue", {"inputs": 10, "reads": 3}, 10 * 3 * 16),
    ("activation_bit", "analogue", {"inputs": 10, "reads": 1, "bits": 4}, 40),
    ("weight_read", "analogue", {"macs": 10}, 10),
    ("weight_read", "binary", {"synops": 10}, 10),
    ("neuron_step", "binary", {"passes": 4, "outputs": 10}, 40),
]
FREE = PriceList(**ABOUT, mac=0.0, ac=0.0, activation_bits=16)


def cost(model: PriceList, kind: str = "binary", **numbers: float) -> float:
    return float(model.picojoule(work_frame(kind, **numbers)).iloc[0])


@pytest.mark.parametrize(("price", "kind", "numbers", "paid"), CHARGED)
def test_a_count_is_charged_by_its_price_alone(price, kind, numbers, paid):
    assert cost(dataclasses.replace(FREE, **{price: 1.0}), kind, **numbers) == paid
    assert cost(FREE, kind, **numbers) == 0


def test_every_price_is_tried():
    fields = {item.name for item in dataclasses.fields(PriceList)}
    others = {*ABOUT, "first_layer", "activation_bits", "mac_at"}
    assert fields - others == {price for price, *_ in CHARGED}


@pytest.mark.parametrize(
    ("bits", "price"), [(0, 8.0), (1, 0.5), (2, 2.0), (4, 2.0), (5, 4.0), (8, 4.0), (9, 8.0)]
)
def test_a_narrow_activation_pays_the_smallest_width_that_holds_it(bits, price):
    model = PriceList(**ABOUT, mac=8.0, ac=0.5, mac_at={8: 4.0, 4: 2.0})
    assert cost(model, "analogue", macs=10, bits=bits) == 10 * price


def test_one_bit_is_an_accumulate_unless_it_has_a_price():
    assert cost(PriceList(**ABOUT, mac=8.0, ac=0.5), macs=1, bits=1) == 0.5
    assert cost(PriceList(**ABOUT, mac=8.0, ac=0.5, mac_at={1: 0.75}), macs=1, bits=1) == 0.75


def test_the_payload_holds_what_the_audit_lets_through():
    assert 2 ** (PAYLOAD_BITS["burst"] - 1) > MOST_SPIKES_A_STEP
    assert PAYLOAD_BITS["graded"] == MOST_DIGITS + 1
