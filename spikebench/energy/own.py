"""An energy model of one's own: a price list in a YAML file."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from spikebench.energy.model import FirstLayer
from spikebench.energy.prices import PriceList
from spikebench.errors import BenchError
from spikebench.io.yaml import explain, read_yaml

NAME = re.compile(r"[a-z0-9_]+")
Picojoule = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Width = Annotated[int, Field(ge=1, le=64)]
WORDS = "a price in pJ, at least 0: "


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Prices(_Section):
    """Prices in picojoule, as `PriceList` explains them."""

    mac: Picojoule = Field(description=WORDS + "a multiply-accumulate at full width")
    ac: Picojoule = Field(description=WORDS + "the accumulate of one SynOp")
    mac_at: dict[Width, Picojoule] = Field(
        {}, description="a mapping from bits of an activation (1 to 64) to prices of a MAC in pJ"
    )
    shift: Picojoule = Field(0, description=WORDS + "what a SynOp of a graded spike costs more")
    sign: Picojoule = Field(0, description=WORDS + "what a SynOp of a spike with sign costs more")
    state_op: Picojoule = Field(0, description=WORDS + "an addition or comparison at a neuron")
    special_op: Picojoule = Field(
        0, description=WORDS + "an exponential, root or quotient of an analogue node"
    )
    event: Picojoule = Field(0, description=WORDS + "moving one spike, whatever it carries")
    payload_bit: Picojoule = Field(0, description=WORDS + "moving one bit of what a spike is worth")
    activation_bit: Picojoule = Field(0, description=WORDS + "moving one bit of an activation")
    weight_read: Picojoule = Field(0, description=WORDS + "reading the weight of a MAC or SynOp")
    neuron_step: Picojoule = Field(0, description=WORDS + "one neuron in one pass")


class OwnModel(_Section):
    """The file as a whole; the model is named like the file."""

    title: str = Field(min_length=1, description="a name for tables and charts")
    source: str = Field(min_length=1, description="where the prices come from")
    omits: str = Field(min_length=1, description="what has no price, in words")
    first_layer: FirstLayer = Field(
        "cached", description="`cached` to pay the first layer once, `streaming` at every step"
    )
    activation_bits: Width = Field(32, description="bits of a full-width activation, 1 to 64")
    prices: Prices = Field(description="a mapping from operations to prices in pJ")


def read_model(file: Path) -> PriceList:
    """Read a model from a YAML file. Raises `BenchError` with one line per mistake."""
    if not NAME.fullmatch(file.stem):
        raise BenchError(
            f"{file}: the model is named like its file, '{file.stem}'. Use lower-case letters, "
            "digits and underscores."
        )
    data = read_yaml(file)
    try:
        own = OwnModel.model_validate(data)
    except ValidationError as error:
        raise BenchError(explain(error, OwnModel, data, str(file))) from None
    about = {name: value for name, value in own if name != "prices"}
    return PriceList(name=file.stem, **about, **dict(own.prices))
