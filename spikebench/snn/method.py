"""The contract of a conversion method: one class in one file under methods/."""

import inspect
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Literal, get_type_hints

from torch import Tensor, nn

from spikebench.errors import BenchError
from spikebench.options.check import accepted
from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.model.network import Network
from spikebench.snn.model.readouts import Mean
from spikebench.snn.model.tuned import TunedState

Family = Literal["reference", "training-free", "few-shot", "trained"]


class Method:
    """A conversion method. Annotated attributes with a default are its options.

    An annotation may state a range, `spikebench.snn.Percentile` or `Annotated[int, Field(ge=0)]`:
    a row with another value is refused when the configuration is read. Raises `BenchError` for an
    option that the method lacks, and for a value of another type or out of range.

    `title` is what tables show, `citation` a key of docs/references.bib. `anytime` says that
    nothing in the converted network depends on T, so that one run serves the whole grid; a method
    that sets it to False is converted and run for each T by itself.

    `renamed` says in a few words what options of an earlier version are now.

    `tuned` names the recipe in finetuning/ whose state the method is given: weights, which are in
    the network before `convert` sees it, and thresholds, `calibration.trained(site)`. A method that
    can use one makes it an option by annotating it (`tuned: str = ""`).
    """

    title: ClassVar[str]
    citation: ClassVar[str]
    family: Family
    anytime: ClassVar[bool] = True
    renamed: ClassVar[dict[str, str]] = {}
    tuned = ""

    def __init__(self, **options: Any) -> None:
        known = self.options()
        for name, value in options.items():
            setattr(self, name, accepted(self.name, name, value, known, self.renamed))
        if self.tuned and self.family != "reference":
            self.family = "trained"

    @property
    def name(self) -> str:
        """The name of the method's file, without ending."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def documentation(self) -> str:
        """The docstring of the method's file."""
        return inspect.getdoc(sys.modules[type(self).__module__]) or ""

    @classmethod
    def options(cls) -> dict[str, Any]:
        """Return the options' types by name."""
        hints = get_type_hints(cls, include_extras=True)
        return {
            name: hint
            for name, hint in hints.items()
            if name not in Method.__annotations__ and hasattr(cls, name)
        }

    def convert(
        self, network: Network, calibration: Calibration, timesteps: tuple[int, ...]
    ) -> Network:
        """Place a neuron at every site of `network` and return it.

        `timesteps`: the grid to serve; one T where the method is not `anytime`.
        """
        raise NotImplementedError

    def apply(
        self,
        backbone: nn.Module,
        patches: Tensor,
        timesteps: tuple[int, ...],
        readout: Mean | None = None,
        state: TunedState | None = None,
    ) -> Network:
        """Convert `backbone`, give relays the method left open their default, check completeness.

        The network lies on the device of `patches`, and so does what the method measures.
        `readout` is the configuration's, which `convert` finds in the network and may replace. The
        default relay is a signed neuron whose threshold is the largest magnitude its current
        has on the patches. `state` is what the recipe `tuned` made of this backbone. Raises
        `BenchError` naming every site that got no neuron, and where the state is missing.
        """
        self._check_state(state)
        network = Network.of(backbone).to(patches.device)
        if state:
            state.load_into(network.graph)
        network.readout = readout or Mean()
        calibration = Calibration.of(network, patches, state=state)
        try:
            network = self.convert(network, calibration, timesteps)
        except FrozenInstanceError as error:
            raise BenchError(
                f"Method '{self.name}' changes a neuron: {error}. A neuron is a value: write "
                "network.adjust(site, shift=...) or place another one."
            ) from error
        for site in network.relays:
            if site.name not in network.neurons:
                calibration.place_relay(network, site)
        network.check_complete()
        return network

    def _check_state(self, state: TunedState | None) -> None:
        found = state.about["recipe"] if state else ""
        if found != self.tuned:
            raise BenchError(
                f"Method '{self.name}' needs the state of recipe '{self.tuned}', and was given "
                f"{found or 'none'}. Write `tuned: {self.tuned}` in its row of the configuration."
                if self.tuned
                else f"Method '{self.name}' was given the state of recipe '{found}' unasked."
            )


class Reference(Method):
    """A row to compare with that has no spikes: the ANN itself, the degraded input."""

    family = "reference"

    def restore(self, ann: Callable[[Tensor], Tensor], degraded: Tensor, floor: Tensor) -> Tensor:
        """Return the restored image (1, C, H, W).

        `ann` maps the degraded image (1, C, h, w) to the ANN's output, `floor` is the degraded
        image brought to the target's size.
        """
        raise NotImplementedError

    def apply(self, backbone: nn.Module, *_: object) -> Network:
        """Return the network without neurons: a reference converts nothing."""
        return Network.of(backbone)


def load_method(file: Path, options: dict[str, Any] | None = None) -> Method:
    """Import the method file and build its one `Method` with the given options.

    Raises `BenchError` where the file is missing, does not define exactly one method, lacks
    metadata, or does not know an option. The file is code and runs: use files you trust.
    """
    found = [
        value
        for value in vars(_import(file)).values()
        if inspect.isclass(value)
        and issubclass(value, Method)
        and value.__module__ == _module(file)
    ]
    if len(found) != 1:
        raise BenchError(
            f"{file} defines {len(found)} methods; expected exactly one class derived from "
            "spikebench.snn.Method or spikebench.snn.Reference."
        )
    missing = [name for name in ("title", "citation", "family") if not hasattr(found[0], name)]
    if missing:
        raise BenchError(f"{file}: class {found[0].__name__} lacks {', '.join(missing)}.")
    return found[0](**(options or {}))


def _import(file: Path) -> ModuleType:
    if not file.is_file():
        raise BenchError(f"There is no method file {file}. Check `method_paths` and the name.")
    loader = SourceFileLoader(_module(file), str(file.absolute()))
    module = module_from_spec(ModuleSpec(loader.name, loader, origin=loader.path))
    module.__file__ = loader.path
    sys.modules[loader.name] = module  # dataclasses in the file look themselves up here
    try:
        loader.exec_module(module)
    except BenchError as error:
        raise BenchError(f"{file}: {error}") from error
    except Exception as error:
        what = f"{type(error).__name__}: {error}.{_advice(error)}"
        raise BenchError(f"{file} cannot be imported: {what}") from error
    return module


def _advice(error: Exception) -> str:
    """Return how to mend what files written for an earlier version trip over, or ""."""
    if "inherit non-frozen dataclass" in str(error):
        return " Neurons are values: write @dataclass(frozen=True) above the class."
    if isinstance(error, ImportError) and (error.name or "").startswith("spikebench"):
        return " Method files import from spikebench.snn alone: from spikebench.snn import NAME."
    return ""


def _module(file: Path) -> str:
    return f"spikebench_methods.{file.stem}"  # a prefix: `ann.py` or `torch.py` shadows nothing
