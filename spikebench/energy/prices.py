"""A price list: an energy model whose every count has a fixed price."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from spikebench.energy.model import EnergyModel
from spikebench.spike_kinds import SpikeKind

if TYPE_CHECKING:
    import pandas as pd  # pricing imports it; naming a model in a configuration need not

# By the audited kind of a layer's input, as tables name it
PAYLOAD_BITS = {kind.label: kind.traits.payload_bits for kind in SpikeKind}
SIGNED = [kind.label for kind in SpikeKind if kind.traits.sign]
SHIFTED = [kind.label for kind in SpikeKind if kind.traits.shift]


@dataclass(frozen=True, kw_only=True)
class PriceList(EnergyModel):
    """Prices in picojoule; what is left at 0 has no price.

    `mac` is a multiply-accumulate at full width, `mac_at` one whose activation has at most so many
    bits: the smallest width that holds it applies, else `mac`. One bit needs no multiplication and
    costs `ac`. `ac` is the accumulate of a SynOp, `shift` and `sign` what a graded or signed one
    costs more; `state_op` an addition or comparison at a neuron, `special_op` an exponential, root
    or quotient of an analogue node. `event` and `payload_bit` move a spike, `activation_bit` moves
    an activation of the ANN (`activation_bits` wide), `weight_read` is paid by each MAC and AC,
    `neuron_step` by each neuron behind a layer in each pass.
    """

    mac: float
    ac: float
    mac_at: dict[int, float] = field(default_factory=dict)
    shift: float = 0.0
    sign: float = 0.0
    state_op: float = 0.0
    special_op: float = 0.0
    event: float = 0.0
    payload_bit: float = 0.0
    activation_bit: float = 0.0
    activation_bits: int = 32
    weight_read: float = 0.0
    neuron_step: float = 0.0

    def picojoule(self, work: pd.DataFrame) -> pd.Series:
        kind, bits = work["input_kind"], work["bits"]
        plain = self.ac + self.weight_read
        ac = plain + self.shift * kind.isin(SHIFTED) + self.sign * kind.isin(SIGNED)
        moved = work["inputs"] * work["reads"] * bits.where(bits > 0, self.activation_bits)
        return (
            work["macs"] * (bits.map(self._mac) + self.weight_read)
            + work["synops"] * ac
            + work["events"] * (self.event + self.payload_bit * kind.map(PAYLOAD_BITS))
            + moved * self.activation_bit
            + work["passes"] * work["outputs"] * self.neuron_step
            + work["state_ops"] * self.state_op
            + work["special_ops"] * self.special_op
        )

    def _mac(self, bits: float) -> float:
        """Return the price of a multiply-accumulate with an activation of `bits`, 0 for full."""
        if bits == 1:
            return self.mac_at.get(1, self.ac)
        fitting = [width for width in self.mac_at if bits and width >= bits]
        return self.mac_at[min(fitting)] if fitting else self.mac
