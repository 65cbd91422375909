"""Check that with time a converted network comes to its ANN, clipped where its neurons saturate."""

from torch import Tensor, zeros_like

from spikebench.conformance.nets import patches
from spikebench.conformance.subject import GRID, Case, Subject, record
from spikebench.conformance.verdict import NotApplicable, Objection
from spikebench.snn import Network, Neuron, Node, Step
from spikebench.snn.graph.forward import relu, run_ann
from spikebench.snn.model.spikes.spikemap import dense

EARLY, LATE = GRID[0], GRID[-1]
SHARE = 0.45  # of the early error; a rate code would reach EARLY / LATE
SMALL = 0.01  # of the ANN's own spread: near enough whatever the early error was


def limit(subject: Subject) -> str:
    """From the first T to the last the error falls to less than half."""
    converted = subject.converted
    if subject.method.family == "trained":
        raise NotApplicable("a trained network need not come to the ANN it started from")
    return ", ".join(_check_case(case) for case in converted)


def clipped_ann(network: Network, image: Tensor) -> Tensor:
    """Return the ANN's output with every activation clipped to what its neuron can send.

    That is theta times the most spikes of one step, for neurons that integrate; those with a
    step of their own need not code by rates, and are not clipped. Where a spike's worth depends
    on the step, they send theta at most.
    """

    def activate(site: Node, value: Tensor) -> Tensor:
        neuron = network.neurons[site.name]
        if neuron.integrator == "own":
            return relu(site, value)
        most = _most_in_a_step(neuron, value)
        return relu(site, value).clamp(-most, most)

    return run_ann(network.graph, image, activate=activate)


def _most_in_a_step(neuron: Neuron, like: Tensor) -> Tensor:
    state = neuron.start(zeros_like(like[:1, :, :1, :1]))
    flood = zeros_like(state["v"]) + 1e6 * neuron.theta
    return dense(neuron.step(state, flood, Step(1))[0]) / neuron.weight(Step(1))


def _check_case(case: Case) -> str:
    ends = {time: case.networks[time] for time in (EARLY, LATE)}
    target = clipped_ann(ends[LATE], patches())
    early, late = (_rms(recording.output - target) for recording in record(ends, patches()))
    if not late <= max(SHARE * early, SMALL * _rms(target - target.mean())):
        raise Objection(
            f"{case.name}: the error to the ANN (clipped where neurons saturate) is {early:.3g} at "
            f"T={EARLY} and {late:.3g} at T={LATE}; expected less than {SHARE} of it. Look for "
            "thresholds far too high, charge lost in `reset`, or weights of the readout."
        )
    return f"{case.name} {early:.2g} -> {late:.2g}"


def _rms(difference: Tensor) -> float:
    return difference.square().mean().sqrt().item()
