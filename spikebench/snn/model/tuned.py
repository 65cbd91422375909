"""A fine-tuned state: weights and thresholds that were trained for spikes, as one file."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from spikebench.errors import BenchError
from spikebench.io.tensors import save_safetensors
from spikebench.snn.graph.nodes import Graph

FORMAT = "spikebench fine-tuned state 1"
WEIGHTS, THRESHOLDS, OUTPUT = "weights/", "thresholds/", "output/"


def owners(graph: Graph) -> dict[str, nn.Module]:
    """Return every synapse module once, under the name of the first node that calls it.

    Calls of one module stay calls of one module: they are trained, stored and loaded together. A
    convolution whose BatchNorm was folded is a module of its own for each call (`snn.graph.trace`).
    """
    found: dict[int, tuple[str, nn.Module]] = {}
    for node in graph.synapses:
        found.setdefault(id(node.synapse), (node.name, node.synapse))
    return dict(found.values())


@dataclass
class TunedState:
    """Weights by synapse node and parameter, thresholds by site, and where they come from.

    `thresholds` have the shape (1, C, 1, 1), in units of the activation. `about` is plain data:
    the recipe's name and content, the backbone, hashes of the weights and the images it started
    from, what the training reached. `output` is empty unless the output layer was trained to spike:
    its `theta` (1, C, 1, 1), and `weight` (C, C, k, k) and `bias` (C,) of the pixel map behind it.
    """

    weights: dict[str, Tensor]
    thresholds: dict[str, Tensor]
    about: dict[str, Any]
    output: dict[str, Tensor] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        graph: Graph,
        thresholds: dict[str, Tensor],
        about: dict[str, Any],
        *,
        pixel_map: nn.Conv2d | None = None,
    ) -> Self:
        """Return the present weights of `graph` with these thresholds, that of the output too."""
        weights = {
            f"{name}/{key}": value.detach().clone()
            for name, module in owners(graph).items()
            for key, value in module.state_dict().items()
        }
        if not pixel_map:
            return cls(weights, thresholds, about)
        (site,) = (site.name for site in graph.sites if site.role == "output")
        inner = {name: theta for name, theta in thresholds.items() if name != site}
        kernel = {key: value.detach().clone() for key, value in pixel_map.state_dict().items()}
        return cls(weights, inner, about, {"theta": thresholds[site], **kernel})

    def write(self, file: Path) -> None:
        """Write the state as safetensors, atomically; the same state gives the same bytes."""
        tensors = {WEIGHTS + name: value for name, value in self.weights.items()}
        tensors |= {THRESHOLDS + name: value for name, value in self.thresholds.items()}
        tensors |= {OUTPUT + name: value for name, value in self.output.items()}
        about = json.dumps(self.about, sort_keys=True)
        save_safetensors(tensors, file, {"format": FORMAT, "about": about})

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what `write` wrote. Raises `BenchError` for a damaged or another file."""
        try:
            with safe_open(file, framework="pt") as content:
                metadata = content.metadata() or {}
                tensors = {name: content.get_tensor(name) for name in content.keys()}  # noqa: SIM118
        except (SafetensorError, OSError) as error:
            raise BenchError(f"{file} cannot be read: {error}. Delete it and run again.") from error
        if metadata.get("format") != FORMAT:
            raise BenchError(f"{file} is no '{FORMAT}' file. Delete it and run again.")
        weights, thresholds = _below(tensors, WEIGHTS), _below(tensors, THRESHOLDS)
        return cls(weights, thresholds, json.loads(metadata["about"]), _below(tensors, OUTPUT))

    @property
    def levels(self) -> int:
        """The number of steps of the quantiser it was trained with.

        Raises `BenchError` for a state of another kind of activation.
        """
        activation = self.about["settings"]["activation"]
        if activation["kind"] != "staircase":
            raise BenchError(
                f"Recipe '{self.about['recipe']}' trains for {activation['kind']} spikes, which "
                "have no fixed levels. Use a recipe of `kind: staircase`."
            )
        return int(activation["levels"][0])

    def load_into(self, graph: Graph) -> None:
        """Give the weights to a graph compiled from the same backbone.

        Raises `BenchError` where nodes or shapes differ, or a value is not finite.
        """
        place = f"The state of recipe '{self.about.get('recipe')}'"
        for name, module in owners(graph).items():
            try:
                module.load_state_dict(_below(self.weights, f"{name}/"))
            except RuntimeError as error:
                reason = " ".join(str(error).split())
                raise BenchError(
                    f"{place} does not fit synapse '{name}': {reason} It belongs to backbone "
                    f"{self.about.get('backbone')}; train a state for this one."
                ) from error
        sites = {site.name for site in graph.sites if site.role != "output"}
        if sites != self.thresholds.keys():
            raise BenchError(
                f"{place} has thresholds for {sorted(self.thresholds)}, the network has the sites "
                f"{sorted(sites)}. Train a state for this backbone."
            )
        held = (self.weights, self.thresholds, self.output)
        if not all(value.isfinite().all() for part in held for value in part.values()):
            raise BenchError(f"{place} holds NaN or infinite values. Delete it and train again.")


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
