"""The method under examination and what it made of the three networks."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType

import torch
from torch import Tensor, nn

from spikebench.conformance.brief import brief_state
from spikebench.conformance.nets import NETS, build, patches, picture
from spikebench.conformance.verdict import NotApplicable, Objection, Refused
from spikebench.errors import BenchError, Refusal
from spikebench.snn import Method, Network, Reference, load_method, simulate
from spikebench.snn.model.recording import Recording

GRID = (1, 2, 4, 64)
TIME = 4  # of the checks that look at every spike
SEED = 0


def convert(method: Method, module: nn.Module, grid: tuple[int, ...] = GRID) -> dict[int, Network]:
    """Return the network that serves each T of `grid`, made and seeded as the workflow does."""
    state = brief_state(module, method.tuned) if method.tuned else None
    torch.manual_seed(SEED)
    if method.anytime:
        return dict.fromkeys(grid, method.apply(module, patches(), grid, state=state))
    return {time: method.apply(module, patches(), (time,), state=state) for time in grid}


def record(networks: dict[int, Network], image: Tensor | None = None) -> list[Recording]:
    """Return the recording of each T, each from a run of its own, of `image` or the picture."""
    image = picture() if image is None else image
    return [next(simulate(network, image, [time])) for time, network in networks.items()]


def same(first: list[Recording], second: list[Recording]) -> bool:
    """Tell whether outputs are equal to the bit and all counts are."""
    return all(
        torch.equal(mine.output, other.output)
        and (mine.layers, mine.state_ops, mine.latency_steps)
        == (other.layers, other.state_ops, other.latency_steps)
        for mine, other in zip(first, second, strict=True)
    )


@dataclass
class Case:
    """One network before and after conversion."""

    name: str
    module: nn.Module
    networks: dict[int, Network] = field(default_factory=dict)
    objection: Objection | None = None  # why it was not converted


@dataclass
class Subject:
    """A method file. Its networks are converted once, when a check first asks for them."""

    file: Path

    @cached_property
    def method(self) -> Method:
        """The method with the default of every option. Raises `BenchError` as `load_method`."""
        return load_method(self.file)

    @cached_property
    def cases(self) -> dict[str, Case]:
        """Every network of `NETS`, converted or with the reason why not."""
        return {name: self._case(name) for name in NETS}

    @property
    def converted(self) -> list[Case]:
        """The converted networks. Raises `NotApplicable` where there is none."""
        if isinstance(self.method, Reference):
            raise NotApplicable("a reference row converts nothing")
        found = [case for case in self.cases.values() if not case.objection]
        if not found:
            raise NotApplicable("no network was converted; mend that first")
        return found

    def place_of(self, error: BaseException) -> str:
        """Return where in the method's file an exception passed, " (file:line)", or ""."""
        file = str(self.file.absolute())
        lines = [line for code, line in _frames(error) if code.co_filename == file]
        return f" ({self.file}:{lines[-1]})" if lines else ""

    def _case(self, name: str) -> Case:
        case = Case(name, build(name))
        try:
            case.networks = convert(self.method, case.module)
        except Refusal as error:
            case.objection = Refused(str(error))
        except BenchError as error:
            case.objection = Objection(str(error))
        except Exception as error:
            what = f"{type(error).__name__}: {error}{self.place_of(error)}"
            case.objection = Objection(f"`convert` stopped with {what}.")
        return case


def _frames(error: BaseException) -> list[tuple]:
    """Return code and line of every call an exception passed through, the innermost last."""
    found, trace = [], error.__traceback__
    while isinstance(trace, TracebackType):
        found.append((trace.tb_frame.f_code, trace.tb_lineno))
        trace = trace.tb_next
    return found
