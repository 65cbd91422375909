"""What a method file's text says of its options, whatever else stands in it."""

from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import PositiveInt

from spikebench.options.check import in_words
from spikebench.options.declared import Declared, declared
from spikebench.options.ranges import Percentile

METHOD = """
import typing as t
from typing import Annotated, ClassVar, Literal
import pydantic
from pydantic import Field, PositiveInt
from spikebench.snn import IF, Method, Percentile as Top

raise SystemExit("nothing of this runs")

Own = Annotated[int, Field(ge=3)]

class Other:
    percentile: int = 3

class Mine(Method):
    title, family = "Mine", "few-shot"
    citation: str = "none"
    anytime: ClassVar[bool] = False
    renamed: ClassVar[dict[str, str]] = {"before": "top"}
    top: Top = 99.9
    count: PositiveInt = 3
    side: t.Literal[1, 3] = 1
    bounded: Annotated[int, pydantic.Field(ge=0, le=10)] = 6
    own: Own = 3
    tuned: str
    nothing: int

    def convert(self, network, calibration, timesteps):
        local: int = 3
"""


def read(folder: Path, text: str) -> Declared | None:
    file = folder / f"m{len(list(folder.iterdir()))}.py"
    file.write_text(text)
    return declared(file)


def test_the_options_of_the_method(tmp_path):
    found = read(tmp_path, METHOD)
    bounded = found.options.pop("bounded")
    assert in_words(bounded) == "a whole number from 0 to 10"
    assert found.options == {
        "top": Percentile,
        "count": PositiveInt,
        "side": Literal[1, 3],
        "own": Any,  # known, and checked when the method is loaded
        "tuned": str,
    }
    assert found.renamed == {"before": "top"}
    assert found.family == "few-shot"


@pytest.mark.parametrize(("line", "recipe"), [('tuned: str = "brief"', "brief"), ("", "")])
def test_the_recipe_that_a_method_was_made_for(tmp_path, line, recipe):
    assert read(tmp_path, f"class Mine(Method):\n    title = 'M'\n    {line}\n").recipe == recipe


def test_a_reference_is_one_by_its_base(tmp_path):
    text = "from spikebench import snn\nclass A(snn.Reference):\n    title = 'A'\n"
    assert read(tmp_path, text) == Declared(family="reference")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "def broken(:",
        "class A: pass",
        "class A(Method): pass\nclass B(Method): pass",
        "class A(Mixin, Method): pass",
        "\0",
    ],
)
def test_what_cannot_be_read_from_the_text_is_left_to_whoever_loads_it(tmp_path, text):
    assert read(tmp_path, text) is None
    assert declared(tmp_path / "nowhere.py") is None


def test_an_annotation_can_do_nothing(tmp_path):
    text = (
        "class A(Method):\n    x: __import__('os').mkdir('made') = 1\n    y: open('z', 'w') = 2\n"
    )
    assert read(tmp_path, text).options == {"x": Any, "y": Any}
    assert not Path("made").exists() and not Path("z").exists()
