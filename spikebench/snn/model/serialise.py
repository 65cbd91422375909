"""Write converted networks as one safetensors file and read them again, without pickle."""

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from spikebench.errors import BenchError
from spikebench.io.tensors import save_safetensors
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.model.component import Component
from spikebench.snn.model.network import Network
from spikebench.snn.model.neuron import Neuron

FORMAT = "spikebench converted network 2"
ANYTIME = 0  # the key of a network that serves every T

Record = dict[str, dict[str, Any]]  # what JSON holds of each component
MALFORMED = (
    AssertionError,
    AttributeError,
    TypeError,
    ValueError,
)  # what records of another shape raise
PARTS = ("readout", "protocol", "output_map")


def save_networks(networks: dict[int, Network], path: Path) -> None:
    """Write networks by the T they serve (`ANYTIME` for all), atomically."""
    tensors: dict[str, Tensor] = {}
    records = {}
    for timesteps, network in networks.items():
        records[timesteps] = _pack(network, f"{timesteps}/", tensors)
    save_safetensors(tensors, path, {"format": FORMAT, "networks": json.dumps(records)})


def save_refusal(reason: str, path: Path) -> None:
    """Write, in place of networks, why a method does not convert the backbone."""
    save_safetensors({}, path, {"format": FORMAT, "refused": reason})


def refusal(path: Path) -> str:
    """Return why the file holds no network, or "" where it does.

    Raises `BenchError` where it cannot be read.
    """
    return _read(path)[1].get("refused", "")


def load_networks(path: Path, backbone: nn.Module) -> dict[int, Network]:
    """Read what `save_networks` wrote for the same backbone architecture.

    Raises `BenchError` where the file is damaged, of another format, or of another backbone.
    """
    tensors, metadata = _read(path)
    try:
        records = json.loads(metadata["networks"]).items()
        return {int(t): _unpack(record, f"{t}/", tensors, backbone) for t, record in records}
    except (BenchError, KeyError, RuntimeError, *MALFORMED) as error:
        raise BenchError(f"{path} does not fit the backbone: {error}. Convert it again.") from error


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise BenchError(f"{path} cannot be read: {error}. Delete it and run again.") from error
    if metadata.get("format") != FORMAT:
        raise BenchError(f"{path} is no '{FORMAT}' file. Delete it and run again.")
    return tensors, metadata


def _pack(network: Network, prefix: str, tensors: dict[str, Tensor]) -> Record:
    # Calls may share weights and sites thresholds, but safetensors refuses shared memory.
    for node in network.graph.synapses:
        for name, value in node.synapse.state_dict().items():
            tensors[f"{prefix}weights/{node.name}/{name}"] = value.clone()
    components: dict[str, Component | None] = {
        f"neuron/{name}": neuron for name, neuron in network.neurons.items()
    }
    components |= {part: getattr(network, part) for part in PARTS}
    record = {}
    for name, component in components.items():
        if component is not None:
            record[name], held = component.to_record()
            tensors |= {f"{prefix}{name}/{key}": value.clone() for key, value in held.items()}
    return record


def _unpack(
    record: Record, prefix: str, tensors: dict[str, Tensor], backbone: nn.Module
) -> Network:
    network = Network(compile_graph(backbone).with_own_weights())
    for node in network.graph.synapses:
        node.synapse.load_state_dict(_below(tensors, f"{prefix}weights/{node.name}/"))
    for name, values in record.items():
        component = Component.from_record(values, _below(tensors, f"{prefix}{name}/"))
        if name in PARTS:
            setattr(network, name, component)
            continue
        assert isinstance(component, Neuron)
        site = name.removeprefix("neuron/")
        if site in {s.name for s in network.graph.sites}:
            network.neurons[site] = component
        else:
            network.spiking_output(component)
    return network


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
