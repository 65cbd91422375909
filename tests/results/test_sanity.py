"""What cannot be is refused with its rows; what is rare but true is not."""

import pandas as pd
import pytest

from spikebench.errors import BenchError
from spikebench.results.sanity import MULTIPLICITY, refuse_impossible
from spikebench.snn.model.spikes.audit import MOST_DIGITS, MOST_SPIKES_A_STEP
from tests.rows import energy_frame, image_frame, image_row, layer_frame

IMAGES = [image_row(timesteps=t, latency_steps=t) for t in (1, 2, 4)]
METHODS = pd.DataFrame({"method": ["a", "b"], "anytime": ["true", "false"]})
# 8 neurons of a map of 8 x 1 elements in front of a 3 x 3 convolution to 4 channels, 4 steps
LAYER = {
    **{"neurons": 8.0, "inputs": 8.0, "kernel": 9.0, "channels_out": 4.0, "passes": 4.0},
    **{"spikes": 32.0, "synops": 32.0 * 36, "input_kind": "binary"},
}


def rising(cells: pd.DataFrame) -> pd.Series:
    return cells["timesteps"] / 4


def check(images=IMAGES, layers=(LAYER,), ratio=rising, methods=METHODS) -> None:
    frame = image_frame(*images)
    refuse_impossible(frame, layer_frame(*layers), energy_frame(frame, model=ratio), methods)


def test_a_run_at_every_limit_is_let_through():
    check()
    check(images=[image_row(psnr_ann=20.0, psnr_input=30.0, ssim=1.0)])
    check(images=[image_row(psnr=float("inf"), psnr_ann=float("inf"))])
    check(images=[image_row(psnr=60.0, psnr_ann=60.0, psnr_input=float("inf"))])


@pytest.mark.parametrize("ssim", [1.0 + 1e-12, -1.1])
def test_ssim_beyond_one(ssim):
    with pytest.raises(BenchError, match=r"SSIM is outside -1 to 1 \(dataset set, backbone net, "):
        check(images=[image_row(ssim=ssim)])


def test_an_ann_that_spoils_its_input():
    with pytest.raises(BenchError, match=r"ANN is more than 10 dB below its own input.*image 01"):
        check(images=[image_row(psnr_ann=19.99, psnr_input=30.0)])


def test_a_negative_count():
    with pytest.raises(BenchError, match="a count is below zero"):
        check(images=[image_row(synops=-1)])


@pytest.mark.parametrize(
    ("kind", "most"), [("binary", 1), ("signed", 1), ("burst", 127), ("graded", 8), ("none", 0)]
)
def test_spikes_and_synops_are_bounded_by_the_alphabet(kind, most):
    layer = LAYER | {"input_kind": kind, "spikes": 32.0 * most, "synops": 32.0 * most * 36}
    check(layers=[layer])
    with pytest.raises(BenchError, match="more spikes than multiplicity x neurons x steps"):
        check(layers=[layer | {"spikes": 32.0 * most + 1}])
    with pytest.raises(BenchError, match=r"more SynOps than multiplicity x .*layer hidden"):
        check(layers=[layer | {"synops": 32.0 * most * 36 + 1}])


def test_an_enlarged_map_reaches_further():
    check(layers=[LAYER | {"inputs": 16.0, "synops": 32.0 * 36 * 8}])
    with pytest.raises(BenchError, match="more SynOps"):
        check(layers=[LAYER | {"inputs": 16.0, "synops": 32.0 * 36 * 8 + 1}])


def test_an_analogue_layer_has_no_such_bound():
    check(layers=[LAYER | {"input_kind": "analogue", "spikes": 99.0, "synops": 0.0}])


def falling(cells: pd.DataFrame) -> pd.Series:
    return 4.0 - cells["timesteps"] / 4


def test_energy_that_falls_with_time():
    with pytest.raises(BenchError) as caught:
        check(ratio=falling)
    assert "energy falls as T grows" in str(caught.value)
    assert "timesteps 2, energy_model model" in str(caught.value)


def test_energy_may_fall_where_each_t_is_a_run_of_its_own_or_a_phase_follows():
    check(images=[row | {"method": "b"} for row in IMAGES], ratio=falling)
    check(images=[row | {"latency_steps": 9} for row in IMAGES], ratio=falling)


def test_every_kind_is_said_and_few_rows_of_each():
    images = [image_row(ssim=2.0, psnr_ann=0.0, image=str(number)) for number in range(5)]
    with pytest.raises(BenchError) as caught:
        check(images=images)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert all(line.endswith("; and 2 more).") for line in lines[1:])


def test_the_multiplicities_are_those_of_the_simulator():
    assert (MULTIPLICITY["burst"], MULTIPLICITY["graded"]) == (MOST_SPIKES_A_STEP, MOST_DIGITS)
