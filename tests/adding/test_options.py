from pathlib import Path

import pytest
import torch

from spikebench.adding.options import find_options
from spikebench.ann.architecture import construct
from spikebench.errors import BenchError

SOURCE = Path("net.pth")
SHIPPED = {
    "dncnn": {"depth": 6, "width": 10},
    "espcn": {"scale": 3, "depth": 4, "width": 12},
    "unet": {"width": 6, "channels": 3},
    "edsr": {"scale": 2, "blocks": 5, "width": 8},
    "vdsr": {"depth": 5, "width": 9},
    "imdn": {"scale": 2, "width": 16, "blocks": 2},
    "carn": {"scale": 2, "width": 16, "groups": 2},
}


def of(architecture: str, options: dict, **more) -> dict:
    """Return what is found of a network of the repository."""
    file = Path(f"backbones/{architecture}.py")
    state = construct(file, options).state_dict()
    return find_options(file, more.get("said", {}), more.get("hints", {}), state, SOURCE)


@pytest.mark.parametrize(("architecture", "options"), SHIPPED.items(), ids=SHIPPED)
def test_shapes_tell_the_options(architecture, options):
    hints = (
        {"scale": options["scale"]} if architecture in ("edsr", "carn", "imdn") else {"sigma": 25}
    )
    assert of(architecture, options, hints=hints) == options


def test_a_switch_is_turned_where_the_default_does_not_fit():
    options = {"depth": 4, "width": 8, "batch_norm": True}
    assert of("dncnn", options) == options


def test_keys_and_wrappers_do_not_matter():
    file = Path("backbones/dncnn.py")
    state = construct(file, {"depth": 4, "width": 8}).state_dict()
    saved = {f"state_dict.model._orig_mod.{name}": value for name, value in state.items()}
    saved["optimizer.state.0.exp_avg"] = torch.ones(5)
    assert find_options(file, {}, {}, saved, SOURCE) == {"depth": 4, "width": 8}


def test_what_no_shape_tells_is_asked_for():
    prn = {"stages": 6, "blocks": 3, "width": 8}
    with pytest.raises(BenchError, match=r"whatever stages is, .*: --option stages=\.\.\."):
        of("prn", prn)
    assert of("prn", prn, said={"stages": 6}) == prn
    with pytest.raises(BenchError, match=r"needs sigma: float, .* --option sigma=\.\.\."):
        of("ffdnet", {"depth": 4, "width": 8, "sigma": 25})


def test_weights_of_another_network_give_the_nearest_and_no_error():
    state = construct(Path("backbones/dncnn.py"), {"depth": 4, "width": 8}).state_dict()
    state["extra"] = torch.ones(3)
    found = find_options(Path("backbones/dncnn.py"), {}, {}, state, SOURCE)
    assert found == {"depth": 4, "width": 8}
