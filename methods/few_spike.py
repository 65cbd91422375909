"""Few-spike neurons. Stoeckl & Maass, Nature Machine Intelligence 2021 (arXiv 2002.00860).

A neuron has K steps, t = 1 .. K, for the value z of its complete input. It fires at step t where
v >= T(t), then v falls by h(t); a spike at t is worth d(t). For ReLU the paper sets
T(t) = h(t) = d(t) = alpha 2^-t. So it sends the K highest binary digits of z / alpha: rounded
down, and cut at alpha (1 - 2^-K). Layers wait for each other, as in the authors' program, which
passes the decoded value on.

alpha is chosen so that the largest value that can be sent is the 99.9th percentile of the channel's
activations (or learnt, `tuned`); the paper has one for all neurons. `round` adds half a level to z:
the neuron is then that of `radix`, whose binary digits these are. T is how many levels it needs at
least: K = ceil(log2(T + 1)).

Deviations: only ReLU occurs here, so no T, h, d are fitted. Relays, which carry either sign, send
the digits of the magnitude with a sign; the authors' interleave steps for both signs.
"""

from typing import Literal

from spikebench.snn import BinaryDigits, Method, Percentile, place_codes


class FewSpikeNeurons(Method):
    title = "Few-spike neurons"
    citation = "stoeckl2021fewspike"
    family = "training-free"
    anytime = False

    tuned: str = ""  # a recipe of finetuning/: weights and thresholds are then learnt
    threshold: Literal["percentile", "mse"] = "percentile"
    percentile: Percentile = 99.9  # of the activations, per channel
    round: bool = False

    def convert(self, network, calibration, timesteps):
        (total,) = timesteps
        levels = total if self.tuned else 2 ** total.bit_length() - 1
        return place_codes(
            network,
            calibration,
            lambda theta, signed: BinaryDigits(
                theta, levels=levels, signed=signed, nearest=self.round
            ),
            threshold=self.threshold,
            percentile=self.percentile,
        )
