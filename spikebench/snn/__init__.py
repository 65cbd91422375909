"""Spiking networks: compile a backbone, place neurons, simulate, count."""

from spikebench.snn.calibrate import Calibration
from spikebench.snn.method import Method, Reference, load_method
from spikebench.snn.network import Network
from spikebench.snn.neurons import IF, Burst, MultiThreshold, Neuron, Relay, SignedIF
from spikebench.snn.protocols import Protocol, ReleaseAfterwards, Step
from spikebench.snn.readouts import DelayedMean, Mean, PixelMap
from spikebench.snn.simulate import simulate

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
