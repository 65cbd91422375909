"""Radix encoding: a value is sent as its binary digits, one a step, the highest first.

Wang et al., IEEE TNNLS 2024 (arXiv 2105.06943). Only the abstract could be read, so the neuron is
re-derived: it says very short trains of spikes whose weight is a power of two.

Layers wait for each other. When the input z of a neuron is complete, it has a window of K steps. It
starts at u = z/q + 1/2 with q = theta / (2^K - 1), fires at step t if u >= 2^(K-t), and subtracts
that. These are the digits of k = clip(floor(z/q + 1/2), 0, 2^K - 1). A receiver doubles its
potential before each step and adds the weight of every spike: one accumulate each, and one shift a
neuron and step. Negative values send nothing, which is ReLU. So the network is the ANN with
activations of 2^K - 1 levels, sent bit by bit; the quantised ANN (`qann`) is its twin. T is how
many levels it needs at least, as for T steps of a rate code: K = ceil(log2(T + 1)) digits.

`digits: signed` sends the non-adjacent form, digits -1, 0 and 1 of which no two neighbours are
non-zero: fewer spikes, with a sign, and one step more. From the top, a digit leaves where the rest
holds two thirds of its worth; the neuron rounds and clips first. No conversion by this form is
published; canonic signed spikes (Gu et al., arXiv 2408.17245) are its nearest.

Relays, which carry either sign, send the digits of the magnitude with a sign. Thresholds are the
99.9th percentile of a channel's activations, or learnt (`tuned`); then the levels are T, those of
the training, and larger values are cut by one comparison.
"""

from typing import Literal

from spikebench.snn import BinaryDigits, Method, Percentile, SignedDigits, place_codes


class RadixEncoding(Method):
    title = "Radix encoding"
    citation = "wang2024radix"
    family = "training-free"
    anytime = False

    tuned: str = ""  # a recipe of finetuning/: weights and thresholds are then learnt
    threshold: Literal["percentile", "mse"] = "percentile"
    percentile: Percentile = 99.9  # of the activations, per channel
    digits: Literal["binary", "signed"] = "binary"

    def convert(self, network, calibration, timesteps):
        (total,) = timesteps
        levels = total if self.tuned else 2 ** total.bit_length() - 1
        neuron = BinaryDigits if self.digits == "binary" else SignedDigits
        return place_codes(
            network,
            calibration,
            lambda theta, signed: neuron(theta, levels=levels, signed=signed),
            threshold=self.threshold,
            percentile=self.percentile,
        )
