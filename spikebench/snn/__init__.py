"""Spiking networks: compile a backbone, place neurons, simulate, count.

What a method file imports is here, and a method file imports nothing below: `methods/README.md`
explains the names by use, and each says its shapes, units and errors itself.
"""

from spikebench.errors import BenchError, Refusal
from spikebench.options.ranges import (
    BurstSize,
    Count,
    Levels,
    Percentile,
    Positive,
    Potential,
    Share,
)
from spikebench.snn.calibration.activations import SMALLEST_THRESHOLD, Calibration
from spikebench.snn.calibration.layerwise import activation_gap, layer_currents, mean_output
from spikebench.snn.calibration.thresholds import gaussian_threshold, mse_threshold, quantise
from spikebench.snn.engine.observe import Firing
from spikebench.snn.engine.simulate import simulate
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.graph.nodes import Graph, Node, Site
from spikebench.snn.kernels.launch import Kernel
from spikebench.snn.method import Family, Method, Reference, load_method
from spikebench.snn.model.codes.coded import MOST_LEVELS, Coded, Cost
from spikebench.snn.model.codes.digits import BinaryDigits, SignedDigits
from spikebench.snn.model.codes.waiting import Waiting
from spikebench.snn.model.kernel_rules import Arguments, register_kernel
from spikebench.snn.model.network import Network
from spikebench.snn.model.neuron import Integrator, Neuron
from spikebench.snn.model.neurons import (
    BURST,
    IF,
    INTEGRATE_AND_FIRE,
    MULTI_THRESHOLD,
    SIGNED_INTEGRATE_AND_FIRE,
    Burst,
    MultiThreshold,
    Relay,
    SignedIF,
)
from spikebench.snn.model.protocols import InputOnce, Protocol, Steppable
from spikebench.snn.model.readouts import DelayedMean, Mean, OutputMap, Sum
from spikebench.snn.model.recording import LayerCount, Recording
from spikebench.snn.model.reset import SUBTRACT, TO_ZERO, Reset
from spikebench.snn.model.spikes.audit import MOST_SPIKES_A_STEP, Digits
from spikebench.snn.model.spikes.levels import below_levels, largest_level, signed_level
from spikebench.snn.model.spikes.spikemap import SpikeMap
from spikebench.snn.model.staggered import Staggered
from spikebench.snn.model.step import REUSE, State, Step
from spikebench.snn.toolbox.codes import place_codes
from spikebench.snn.toolbox.greedy import FourLevels
from spikebench.snn.toolbox.pixelmap import PixelMap, fit_pixel_map, trained_pixel_map
from spikebench.snn.toolbox.places import spread_places
from spikebench.snn.toolbox.presimulation import Presimulation, Silenced
from spikebench.snn.toolbox.rehearsal import Listening, Rehearsal, Shifted
from spikebench.snn.toolbox.reuse import ReuseAfterwards, reuse
from spikebench.snn.toolbox.sensitivity import choose, sensitivity, sensitivity_target
from spikebench.snn.toolbox.surrogate import fit_thresholds
from spikebench.snn.toolbox.through_time import fit_layer
from spikebench.snn.toolbox.weights import calibrate_weights

__all__ = [
    "BURST",
    "IF",
    "INTEGRATE_AND_FIRE",
    "MOST_LEVELS",
    "MOST_SPIKES_A_STEP",
    "MULTI_THRESHOLD",
    "REUSE",
    "SIGNED_INTEGRATE_AND_FIRE",
    "SMALLEST_THRESHOLD",
    "SUBTRACT",
    "TO_ZERO",
    "Arguments",
    "BenchError",
    "BinaryDigits",
    "Burst",
    "BurstSize",
    "Calibration",
    "Coded",
    "Cost",
    "Count",
    "DelayedMean",
    "Digits",
    "Family",
    "Firing",
    "FourLevels",
    "Graph",
    "InputOnce",
    "Integrator",
    "Kernel",
    "LayerCount",
    "Levels",
    "Listening",
    "Mean",
    "Method",
    "MultiThreshold",
    "Network",
    "Neuron",
    "Node",
    "OutputMap",
    "Percentile",
    "PixelMap",
    "Positive",
    "Potential",
    "Presimulation",
    "Protocol",
    "Recording",
    "Reference",
    "Refusal",
    "Rehearsal",
    "Relay",
    "Reset",
    "ReuseAfterwards",
    "Share",
    "Shifted",
    "SignedDigits",
    "SignedIF",
    "Silenced",
    "Site",
    "SpikeMap",
    "Staggered",
    "State",
    "Step",
    "Steppable",
    "Sum",
    "Waiting",
    "activation_gap",
    "below_levels",
    "calibrate_weights",
    "choose",
    "fit_layer",
    "fit_pixel_map",
    "fit_thresholds",
    "gaussian_threshold",
    "largest_level",
    "layer_currents",
    "load_method",
    "mean_output",
    "mse_threshold",
    "place_codes",
    "quantise",
    "register_kernel",
    "reuse",
    "run_ann",
    "sensitivity",
    "sensitivity_target",
    "signed_level",
    "simulate",
    "spread_places",
    "trained_pixel_map",
]
