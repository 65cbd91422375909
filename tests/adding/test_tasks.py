import pytest

from spikebench.adding.proof import Ability
from spikebench.adding.tasks import Wanted, task_name, task_of, whole
from spikebench.errors import BenchError
from spikebench.task import Task

GREY, RGB, TWICE = Ability(1, 1, 1), Ability(3, 1, 1), Ability(1, 1, 2)
SAID = {
    "noise": (Wanted(sigma=25), GREY, {}, ("denoise", "grey", "grey_float", 25, None, False)),
    "noise in colour": (
        Wanted("denoise", sigma=25),
        RGB,
        {},
        ("denoise", "rgb", "rgb_float", 25, None, False),
    ),
    "noise as option": (
        Wanted("denoise"),
        GREY,
        {"sigma": 15},
        ("denoise", "grey", "grey_float", 15, None, False),
    ),
    "seen factor": (Wanted(), TWICE, {}, ("super_resolution", "y", "y_float", None, 2, False)),
    "enlarged": (Wanted(scale=3), GREY, {}, ("super_resolution", "y", "y_float", None, 3, True)),
    "rain": (Wanted("derain"), RGB, {}, ("derain", "rgb", "y_of_rgb_float", None, None, False)),
    "protocol": (
        Wanted("derain", protocol="rgb_uint8"),
        RGB,
        {},
        ("derain", "rgb", "rgb_uint8", None, None, False),
    ),
}


@pytest.mark.parametrize(("wanted", "ability", "options", "expected"), SAID.values(), ids=SAID)
def test_what_is_seen_need_not_be_said(wanted, ability, options, expected):
    keys = ("kind", "channels", "protocol", "sigma", "scale", "enlarged")
    assert task_of(wanted, ability, options) == Task(**dict(zip(keys, expected, strict=True)))


@pytest.mark.parametrize(
    ("wanted", "ability", "expected"),
    [
        (Wanted("deblur"), RGB, {"channels": "rgb", "protocol": "rgb_float"}),
        (Wanted("real_sr"), TWICE, {"channels": "grey", "protocol": "grey_float", "scale": 2}),
        (
            Wanted("real_sr", scale=2),
            GREY,
            {"channels": "grey", "protocol": "grey_float", "scale": 2, "enlarged": True},
        ),
    ],
)
def test_any_other_name_is_that_of_pairs(wanted, ability, expected):
    assert task_of(wanted, ability, {}) == Task(kind="paired", name=wanted.name, **expected)


def test_jpeg_is_seen_by_its_quality():
    expected = Task(kind="jpeg", quality=10, channels="y", protocol="y_float")
    assert task_of(Wanted(quality=10), GREY, {}) == expected


@pytest.mark.parametrize("name", ["paired", "De blur", "", "all", "2x"])
def test_what_can_be_no_name_is_refused(name):
    with pytest.raises(BenchError, match=rf"--task is '{name}'.*Say denoise"):
        task_name(name)


@pytest.mark.parametrize(
    ("wanted", "ability", "message"),
    [
        (Wanted(), GREY, "has to be said: --task denoise --sigma 25"),
        (Wanted("denoise"), GREY, "--sigma 25"),
        (Wanted("super_resolution"), GREY, "--scale 2"),
        (Wanted("jpeg"), GREY, "--quality 10"),
        (Wanted("denoise", sigma=25), TWICE, "is no denoise. Say --task super_resolution"),
        (Wanted(scale=4), TWICE, "enlarges by 2, not by 4"),
        (Wanted("denoise", sigma=-1), GREY, "The task does not hold"),
    ],
)
def test_what_cannot_be_seen_is_asked_for(wanted, ability, message):
    with pytest.raises(BenchError, match=message):
        task_of(wanted, ability, {})


def test_whole_numbers_are_written_as_such():
    assert [repr(whole(value)) for value in (25.0, 12.5, True, "a")] == [
        "25",
        "12.5",
        "True",
        "'a'",
    ]
