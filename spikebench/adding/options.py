"""The arguments of an architecture, found by the shapes of its trained weights.

Networks are built without memory (PyTorch's meta device), so that trying hundreds takes seconds.
"""

import inspect
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from spikebench.ann.architecture import load_architecture
from spikebench.ann.choice import choose
from spikebench.ann.state import State
from spikebench.errors import BenchError

Options = dict[str, Any]
SWEEPS = 3  # over all arguments, until none can be improved
FEWEST, MOST = 8, 48  # a number of layers, blocks or a factor is looked for up to here


def find_options(
    file: Path, said: Options, hints: Options, tensors: State, source: Path
) -> Options:
    """Return the arguments with which the network in `file` has the shapes of `tensors`.

    `tensors` are those of the checkpoint `source`, under any key. What is `said` is kept, and so
    are the `hints` that the class has arguments for. The
    others are changed one after the other as long as more names and shapes agree, those with a
    default only where it is needed. Where nothing fits, the best that was found is returned, for
    whoever loads the weights to say what does not fit. Raises `BenchError` naming the arguments
    that the shapes cannot tell.
    """
    architecture = load_architecture(file)
    hints = {name: v for name, v in hints.items() if name in _parameters(architecture, {})}
    given = hints | said
    parameters = _parameters(architecture, given)
    _refuse_untold(file, {n: p for n, p in parameters.items() if not _is_searched(p)})
    required = [name for name, p in parameters.items() if p.default is p.empty]
    defaults = {name: p.default for name, p in parameters.items() if name not in required}
    group = _group(architecture, given, required, tensors, source)
    pools = {name: _pool(parameter, group) for name, parameter in parameters.items()}
    known: dict[str, float] = {}

    def score(options: Options) -> float:
        key = repr(sorted((defaults | options).items()))
        if key not in known:
            known[key] = _agreement(architecture, given | options, group)
        return known[key]

    best = _climb({name: pools[name][0] for name in required}, pools, score)
    if score(best) < 1:
        best = max(best, _climb(best | defaults, pools, score), key=score)
    if score(best) == 1:
        _refuse_invisible(file, best, required, score)
    needed = {n: v for n, v in best.items() if n in required or v != defaults[n]}
    return given | needed


def _group(
    architecture: type[nn.Module],
    given: Options,
    required: list[str],
    tensors: State,
    source: Path,
) -> State:
    """Return the tensors under the key and without the wrappers that suit some such network."""
    for value in (1, 2, 3, 4, 8):
        network = _built(architecture, given | dict.fromkeys(required, value))
        if network is not None:
            return choose(tensors, network, source, None, {}).state
    return tensors


def _built(architecture: type[nn.Module], options: Options) -> nn.Module | None:
    try:
        with warnings.catch_warnings(), torch.device("meta"):
            warnings.simplefilter("ignore")  # of sides of 0, which some trials have
            return architecture(**options)
    except Exception:  # whatever the class raises: these are no options of it
        return None


def _parameters(architecture: type[nn.Module], given: Options) -> dict[str, inspect.Parameter]:
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    found = inspect.signature(architecture).parameters
    return {n: p for n, p in found.items() if p.kind not in kinds and n not in given}


def _is_searched(parameter: inspect.Parameter) -> bool:
    """Tell whether an argument is a whole number or a switch, or has a default."""
    has_default = parameter.default is not parameter.empty
    return has_default or parameter.annotation in (int, bool, "int", "bool", parameter.empty)


def _refuse_untold(file: Path, parameters: dict[str, inspect.Parameter]) -> None:
    if parameters:
        raise BenchError(
            f"{file} needs {', '.join(map(str, parameters.values()))}, which shapes do not tell. "
            f"Say: {' '.join(f'--option {name}=...' for name in parameters)}."
        )


def _pool(parameter: inspect.Parameter, tensors: State) -> list[Any]:
    """Return the values to try: the default first, then small numbers and sides of tensors."""
    default = parameter.default
    if isinstance(default, bool) or parameter.annotation in (bool, "bool"):
        return [False, True]
    if default is not parameter.empty and not isinstance(default, int):
        return [default]
    sides = {side for value in tensors.values() for side in value.shape}
    most = min(MOST, max(FEWEST, len(tensors)))  # no more layers than tensors
    return sorted({*range(1, most + 1), *sides})


def _climb(
    start: Options, pools: dict[str, list[Any]], score: Callable[[Options], float]
) -> Options:
    """Return the options after changing one at a time to its best value, again and again."""
    best = dict(start)
    for _ in range(SWEEPS):
        before = dict(best)
        for name in before:
            if score(best) == 1:
                return best
            tried = [best | {name: value} for value in (best[name], *pools[name])]
            best = max(tried, key=score)  # of equal scores the present value stays
        if best == before:
            break
    return best


def _agreement(architecture: type[nn.Module], options: Options, tensors: State) -> float:
    """Return the share of names and of shapes that agree, 1 where all do, -1 for no network."""
    network = _built(architecture, options)
    if network is None:
        return -1
    expected, found = _without_counters(network.state_dict()), _without_counters(tensors)
    shared = expected.keys() & found.keys()
    alike = sum(expected[name].shape == found[name].shape for name in shared)
    return (len(shared) + alike) / ((len(expected) + len(found)) or 1)


def _without_counters(state: State) -> State:
    return {name: v for name, v in state.items() if not name.endswith("num_batches_tracked")}


def _refuse_invisible(
    file: Path,
    best: Options,
    required: list[str],
    score: Callable[[Options], float],
) -> None:
    """Refuse arguments that may have any value without a shape changing, such as repetitions."""
    invisible = [
        name
        for name in required
        if any(score(best | {name: other}) == 1 for other in _others(best[name]))
    ]
    if invisible:
        raise BenchError(
            f"{file}: the weights fit whatever {' and '.join(invisible)} is, so it has to be "
            f"said: {' '.join(f'--option {name}=...' for name in invisible)}."
        )


def _others(value: Any) -> tuple[Any, ...]:
    return (not value,) if isinstance(value, bool) else (value + 1, 2 * value)
