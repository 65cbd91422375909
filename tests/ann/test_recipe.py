import pytest
from pydantic import ValidationError


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "ssim"}, "loss"),
        ({"ema": 1.0}, "ema"),
        ({"warmup": 0.2}, "`warmup` longer than one of its `steps`"),
        ({"momentum": 0.9}, "momentum"),
        ({"dataset_sha256": "abc"}, "dataset_sha256"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused(recipe, changes, message):
    with pytest.raises(ValidationError, match=message):
        recipe(**changes)
