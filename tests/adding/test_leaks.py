import numpy as np
import pytest
from PIL import Image

from spikebench.adding.dataset import add_dataset
from spikebench.data.embedded import crop
from spikebench.data.registry import load_dataset


@pytest.mark.parametrize(
    ("source", "role", "kind"),
    [("embedded_train", "test", "training"), ("embedded", "train", "test")],
)
def test_an_image_of_a_set_of_the_other_role_is_said(root, brought, source, role, kind):
    entry = load_dataset(source).targets[1]
    Image.fromarray(np.asarray(crop(entry))).save(brought / "known.png")
    said = add_dataset(brought, root=root, name="mine", role=role)
    (line,) = [line for line in said if line.startswith("Mind:")]
    assert f"1 images are in the {kind} set '{source}'" in line
    assert "known" in line and entry.name in line


def test_sets_without_known_pixels_are_not_called_free_of_leaks(root, brought):
    said = add_dataset(brought, root=root, name="mine", role="train")
    without, unknown = [line for line in said if line.startswith(("No image", "Not compared"))]
    assert "set12" in without and "rain100h" not in without
    assert "rain100h" in unknown
