import pytest
import yaml

from spikebench.adding.manifests import in_line


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "no",
        "a: b # c",
        "照片 = 25",
        "",
        "'",
        "x" * 300,
        "- a",
        True,
        {"a": [1, 2.5]},
        None,
    ],
)
def test_a_value_stands_in_one_line_and_is_read_back(value):
    text = in_line(value)
    assert "\n" not in text
    assert yaml.safe_load(f"key: {text} # a comment")["key"] == value
