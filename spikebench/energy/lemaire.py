"""Operations, addressing and every access to memory. Lemaire et al., ICONIP 2022.

Equation numbers are those of the paper (arXiv 2210.13107). The ANN has no data reuse: each
multiply-accumulate reads its input and its weight. Each SynOp reads its weight and reads and writes
a potential. Here the exact SynOps (borders, stride) stand where the paper writes the number of
spikes times C_out k^2, and a spike is written and read once at each layer that it enters. Not in
the paper: a digit of a graded spike pays a shift, at the price of an addition, and the
multiplication of a narrow activation shrinks with the square of its bits, as from int32 to int8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from spikebench.energy.model import EnergyModel
from spikebench.energy.prices import SHIFTED

if TYPE_CHECKING:
    import pandas as pd  # pricing imports it; naming a model in a configuration need not

# Picojoule per operation, Horowitz, ISSCC 2014, 45 nm: (addition, multiplication)
INT32 = (0.1, 3.1)
INT8 = (0.03, 0.2)
# SRAM, pJ: a line through the paper's 8 KiB, 32 KiB and 1 MiB points, per access of a memory of so
# many words; it goes on above 1 MiB, where the maps of whole images are.
PER_BIT_OF_MEMORY, PER_ACCESS = 1.09e-5, 13.2
# SRAM, pJ: an 8 KiB access of 64 bits (Horowitz), shared by the values that fit into one word.
PER_WORD, WORD_BITS = 10.0, 64
FIFO_WORDS = 1000  # spikes that a layer's queue holds, as in the paper's experiments

Memory: TypeAlias = "Callable[[pd.Series | float, pd.Series | float], pd.Series | float]"


def linear(words: pd.Series | float, bits: pd.Series | float) -> pd.Series | float:
    """Return the pJ of one access to a memory of `words` of `bits` bits: larger costs more."""
    return PER_BIT_OF_MEMORY * words * bits + PER_ACCESS


def packed(words: pd.Series | float, bits: pd.Series | float) -> pd.Series | float:
    """Return the pJ of one value's share of a 64-bit access, whatever the memory's size."""
    return PER_WORD * bits / WORD_BITS


@dataclass(frozen=True, kw_only=True)
class Lemaire(EnergyModel):
    """`bits` is the width of weights, potentials and the ANN's activations; prices in pJ."""

    bits: int
    add: float
    multiply: float
    memory: Memory

    def picojoule(self, work: pd.DataFrame) -> pd.Series:
        return self._dense(work) + self._events(work) + self._updates(work)

    def _dense(self, work: pd.DataFrame) -> pd.Series:
        """Eq. 1, 3, 7, 11, 15 of the formal network: MACs, input, weight, bias, output, address."""
        narrow = work["bits"].where(work["bits"] > 0, self.bits)
        mac = self.add + self.multiply * (narrow > 1) * (narrow / self.bits) ** 2
        operands = self.memory(work["inputs"], narrow) + self.memory(work["weights"], self.bits)
        output = self.memory(work["outputs"], narrow) + self.add
        addresses = work["inputs"] + work["outputs"] + work["kernel"] * work["channels_out"]
        return work["macs"] * (operands + mac) + work["reads"] * (
            work["outputs"] * (output + self._bias(work)) + addresses * self.add
        )

    def _events(self, work: pd.DataFrame) -> pd.Series:
        """Eq. 1.4, 5, 7f, 9, 13, 14, 16: what a spike and each of its SynOps take."""
        weight = self.memory(work["weights"], self.bits)
        potential = self.memory(work["outputs"], self.bits)
        queue = self.memory(FIFO_WORDS, self.bits)
        shift = self.add * work["input_kind"].isin(SHIFTED)  # takes no more than an addition
        address = 2 * (self.add + self.multiply) + work["kernel"] * self.add
        return work["spikes"] * (2 * queue + address + self.add) + work["synops"] * (
            weight + 2 * potential + self.add + shift
        )

    def _updates(self, work: pd.DataFrame) -> pd.Series:
        """Eq. 1.4, 7s, 9, 14: in every pass each neuron reads its bias and its potential."""
        potential = self.memory(work["outputs"], self.bits)
        kept = work["macs"] > 0  # a current that was computed before is kept as a map
        constant = kept * potential + ~kept * self._bias(work)
        return work["passes"] * work["outputs"] * (constant + 2 * potential + self.add)

    def _bias(self, work: pd.DataFrame) -> pd.Series:
        return (work["biases"] > 0) * self.memory(work["biases"], self.bits)


def _model(
    name: str, title: str, bits: int, prices: tuple[float, float], memory: Memory
) -> Lemaire:
    add, multiply = prices
    return Lemaire(
        name=name,
        title=title,
        source=f"Lemaire et al., ICONIP 2022, with {bits}-bit values; integer addition {add:g} pJ, "
        f"multiplication {multiply:g} pJ (Horowitz, ISSCC 2014, 45 nm)",
        omits="special functions, data reuse in the ANN, on-chip network, leakage; state beyond "
        "its two accesses and one addition a step",
        bits=bits,
        add=add,
        multiply=multiply,
        memory=memory,
    )


MODELS = [
    _model("lemaire_int32", "Lemaire int32, SRAM by size", 32, INT32, linear),
    _model("lemaire_int32_packed", "Lemaire int32, 64-bit words", 32, INT32, packed),
    _model("lemaire_int8_packed", "Lemaire int8, 64-bit words", 8, INT8, packed),
]
