"""Spiking networks: compile a backbone, place neurons, simulate, count."""

from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.engine.simulate import simulate
from spikebench.snn.method import Method, Reference, load_method
from spikebench.snn.model.network import Network
from spikebench.snn.model.neurons import IF, Burst, MultiThreshold, Neuron, Relay, SignedIF
from spikebench.snn.model.protocols import Protocol, ReleaseAfterwards, Step
from spikebench.snn.model.readouts import DelayedMean, Mean, PixelMap

__all__ = [
    "IF",
    "Burst",
    "Calibration",
    "DelayedMean",
    "Mean",
    "Method",
    "MultiThreshold",
    "Network",
    "Neuron",
    "PixelMap",
    "Protocol",
    "Reference",
    "Relay",
    "ReleaseAfterwards",
    "SignedIF",
    "Step",
    "load_method",
    "simulate",
]
