import pytest
from pydantic import ValidationError

from spikebench.task import Task

DENOISE = {"kind": "denoise", "channels": "grey", "protocol": "grey_float", "sigma": 25}
ENLARGE = {"kind": "super_resolution", "channels": "y", "protocol": "y_float", "scale": 2}
DERAIN = {"kind": "derain", "channels": "rgb", "protocol": "rgb_uint8"}


JPEG = {"kind": "jpeg", "channels": "y", "protocol": "y_uint8", "quality": 10}
DEBLUR = {"kind": "paired", "name": "deblur", "channels": "rgb", "protocol": "rgb_float"}
ALL = [DENOISE, ENLARGE, DERAIN, JPEG, DEBLUR]


@pytest.mark.parametrize("keys", ALL, ids=lambda keys: keys["kind"])
def test_a_task_names_its_degradation_and_no_other(keys):
    task = Task(**keys)
    for key in ("sigma", "scale", "quality", "name"):
        assert getattr(task, key) == keys.get(key)


def test_a_paired_task_is_called_by_its_name_and_the_others_by_their_kind():
    labels = [Task(**keys).label for keys in ALL]
    assert labels == ["denoise", "super_resolution", "derain", "jpeg", "deblur"]


def test_the_inputs_of_a_paired_task_may_be_smaller():
    assert Task(**DEBLUR, scale=4).enlargement == 4
    assert Task(**DEBLUR, scale=4, enlarged=True).enlargement == 1


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (DENOISE | {"sigma": None}, "`sigma` belongs to a denoise task"),
        (ENLARGE | {"scale": None}, "`scale` is missing: a super_resolution task needs it"),
        (DENOISE | {"scale": 2}, "`scale` belongs"),
        (ENLARGE | {"sigma": 25}, "`sigma` belongs"),
        (DERAIN | {"sigma": 25}, "`sigma` belongs"),
        (DENOISE | {"sigma": 0}, "greater than 0"),
        (ENLARGE | {"scale": 1.5}, "integer"),
        (DENOISE | {"kind": "deblur"}, "'denoise', 'super_resolution', 'derain', 'jpeg' or 'pair"),
        (JPEG | {"quality": None}, "`quality` belongs to a jpeg task"),
        (JPEG | {"quality": 0}, "greater than or equal to 1"),
        (JPEG | {"quality": 101}, "less than or equal to 100"),
        (JPEG | {"scale": 2}, "`scale` belongs"),
        (DENOISE | {"quality": 10}, "`quality` belongs"),
        (DENOISE | {"name": "deblur"}, "`name` belongs to a paired task"),
        (DEBLUR | {"name": None}, "`name` belongs to a paired task"),
        (DEBLUR | {"name": "denoise"}, "`name` is denoise, a kind of its own"),
        (DEBLUR | {"name": "paired"}, "is `paired`, which is no task"),
        (DEBLUR | {"name": "De blur"}, "should match pattern"),
        (DEBLUR | {"enlarged": True}, "`enlarged` belongs to a task with `scale`"),
        (DENOISE | {"sigmas": 25}, "Extra inputs"),
    ],
)
def test_what_does_not_fit_is_refused(keys, message):
    with pytest.raises(ValidationError, match=message):
        Task(**keys)


def test_a_task_does_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Task(**DENOISE).sigma = 50
