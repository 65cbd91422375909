"""Which pictures a run shows, and the crops themselves."""

import io

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from spikebench.stages.pictures import CROP, centre_crop, shown_pictures

GAPS = {"a": -0.5, "b": -0.1, "c": -3.0, "d": -0.2}  # of images to the ANN, dB


def decoded(webp: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(webp))).astype(int)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_crop_is_the_clipped_centre(channels):
    image = torch.full((1, channels, CROP + 20, CROP + 20), 2.0)
    image[:, :, 10:-10, 10:-10] = -1.0
    image[:, :, 10:50, 10:-10] = 0.2
    found = decoded(centre_crop(image))
    assert found.shape == (CROP, CROP, 3)
    assert found[:32] == pytest.approx(51, abs=2)
    assert found[48:] == pytest.approx(0, abs=2)  # nothing of the border, nothing wrapped around


def test_a_crop_keeps_its_colours():
    image = torch.tensor([0.8, 0.4, 0.2]).view(1, 3, 1, 1).expand(1, 3, 32, 32)
    mean = decoded(centre_crop(image)).mean(axis=(0, 1))
    assert mean == pytest.approx([204, 102, 51], abs=3)


def test_a_small_image_is_shown_whole():
    assert decoded(centre_crop(torch.zeros(1, 1, 8, 6))).shape == (8, 6, 3)


def rows(gaps: dict[str, float], **keys) -> list[dict]:
    """Rows of the images table: two steps of a method whose mean gap is given, and the ANN."""
    common = {"dataset": "set", "backbone": "net", "seed": 0, "psnr_ann": 30.0} | keys
    return [
        common | {"method": method, "image": name, "timesteps": time, "psnr": 30.0 + gap}
        for name, mean in gaps.items()
        for method, time, gap in (("m", 1, mean - 0.01), ("m", 2, mean + 0.01), ("ann", 0, 0.0))
    ]


def pictures(names: str, seeds: tuple[int, ...] = (0,)) -> pd.DataFrame:
    """Pictures of two methods at two steps, each with the references."""
    roles = [("restored", 1), ("restored", 2), ("target", 0), ("input", 0), ("ann", 0)]
    return pd.DataFrame(
        {"dataset": "set", "backbone": "net", "method": method, "seed": seed}
        | {"image": name, "role": role, "timesteps": time, "webp": b"w"}
        for method in ("m", "n")
        for seed in seeds
        for name in names
        for role, time in roles
    )


def choices(shown: pd.DataFrame) -> dict[str, str]:
    return dict(shown[["choice", "image"]].itertuples(index=False))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (3, {"worst": "c", "median": "a", "best": "b"}),
        (2, {"worst": "c", "best": "b"}),
        (1, {"median": "a"}),
        (0, {}),
    ],
)
def test_images_are_chosen_by_their_mean_gap(wanted, expected):
    shown = shown_pictures(pictures("abcd"), pd.DataFrame(rows(GAPS)), {("set", "net"): wanted})
    assert choices(shown) == expected


@pytest.mark.parametrize(("names", "expected"), [("a", ["median"]), ("ab", ["worst", "best"])])
def test_a_small_set_shows_what_it_has(names, expected):
    images = pd.DataFrame(rows({name: GAPS[name] for name in names}))
    shown = shown_pictures(pictures(names), images, {("set", "net"): 3})
    assert sorted(choices(shown)) == sorted(expected)


def test_references_are_kept_once_and_of_the_first_seed():
    images = pd.DataFrame(rows(GAPS) + rows(dict.fromkeys(GAPS, 0.0), seed=1))
    shown = shown_pictures(pictures("abcd", seeds=(0, 1)), images, {("set", "net"): 1})
    assert set(shown["seed"]) == {0}
    assert shown["role"].value_counts().to_dict() == {
        "restored": 4,
        "target": 1,
        "input": 1,
        "ann": 1,
    }


def test_every_board_has_its_own_choice():
    images = pd.DataFrame(rows(GAPS) + rows({"x": -1.0}, backbone="other"))
    both = pd.concat([pictures("abcd"), pictures("x").assign(backbone="other")])
    shown = shown_pictures(both, images, {("set", "net"): 1, ("set", "other"): 1})
    found = shown.groupby("backbone")["image"].unique().map(list).to_dict()
    assert found == {"net": ["a"], "other": ["x"]}


def test_a_run_of_references_alone_still_shows_pictures():
    images = pd.DataFrame([row for row in rows(GAPS) if row["method"] == "ann"])
    shown = shown_pictures(pictures("abcd"), images, {("set", "net"): 1})
    assert choices(shown) == {"median": "b"}  # no gaps: by name


@pytest.mark.parametrize(
    ("psnr", "ann"), [(np.inf, 30.0), (30.0, np.inf), (np.inf, np.inf)], ids=str
)
def test_an_image_without_a_finite_gap_is_neither_worst_nor_best(psnr, ann):
    images = pd.DataFrame(rows(GAPS))
    images.loc[(images["image"] == "a") & (images["timesteps"] == 2), ["psnr", "psnr_ann"]] = (
        psnr,
        ann,
    )
    shown = shown_pictures(pictures("abcd"), images, {("set", "net"): 3})
    assert choices(shown) == {"worst": "c", "median": "d", "best": "b"}


def test_flat_images_are_shown_where_there_are_no_others():
    images = pd.DataFrame(rows(dict.fromkeys("ab", np.inf)))
    shown = shown_pictures(pictures("ab"), images, {("set", "net"): 1})
    assert choices(shown) == {"median": "a"}
