import pytest
from pydantic import ValidationError

from spikebench.task import Task

DENOISE = {"kind": "denoise", "channels": "grey", "protocol": "grey_float", "sigma": 25}
ENLARGE = {"kind": "super_resolution", "channels": "y", "protocol": "y_float", "scale": 2}
DERAIN = {"kind": "derain", "channels": "rgb", "protocol": "rgb_uint8"}


@pytest.mark.parametrize("keys", [DENOISE, ENLARGE, DERAIN], ids=lambda keys: keys["kind"])
def test_a_task_names_its_degradation_and_no_other(keys):
    task = Task(**keys)
    assert (task.sigma, task.scale) == (keys.get("sigma"), keys.get("scale"))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (DENOISE | {"sigma": None}, "`sigma` belongs to a denoise task"),
        (ENLARGE | {"scale": None}, "`scale` belongs to a super_resolution task"),
        (DENOISE | {"scale": 2}, "`scale` belongs"),
        (ENLARGE | {"sigma": 25}, "`sigma` belongs"),
        (DERAIN | {"sigma": 25}, "`sigma` belongs"),
        (DENOISE | {"sigma": 0}, "greater than 0"),
        (ENLARGE | {"scale": 1.5}, "integer"),
        (DENOISE | {"kind": "deblur"}, "'denoise', 'super_resolution' or 'derain'"),
        (DENOISE | {"sigmas": 25}, "Extra inputs"),
    ],
)
def test_what_does_not_fit_is_refused(keys, message):
    with pytest.raises(ValidationError, match=message):
        Task(**keys)


def test_a_task_does_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Task(**DENOISE).sigma = 50
