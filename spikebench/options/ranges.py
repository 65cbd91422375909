"""Types of options with the range that their values may have.

They are what `typing.Annotated` and `pydantic.Field` say, under a name. Where none fits, write it
out: `Annotated[int, Field(ge=0, le=10)]`. No float may be infinite or NaN, whatever its type.
"""

from typing import Annotated

from pydantic import Field

from spikebench.spike_kinds import SpikeKind

Percentile = Annotated[float, Field(gt=0, le=100)]  # of activations; 100 is the maximum
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Potential = Annotated[float, Field(ge=-1, le=1)]  # v(0) in units of the threshold
Count = Annotated[int, Field(ge=1)]
Levels = Annotated[int, Field(ge=1, le=16)]  # n of a graded spike theta/2^k, k = 0 .. n-1
BurstSize = Annotated[int, Field(ge=1, le=SpikeKind.BURST.traits.most)]  # spikes in one step
