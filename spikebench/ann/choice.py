"""Which of a checkpoint's tensors are the network's, and under which names.

Training saves more than a network: two versions of its weights (`params`, `params_ema`), the
optimizer's memory, the weights of a discriminator. Wrappers put a prefix before every name:
`module.` (DataParallel), `_orig_mod.` (torch.compile), `model.`, `net.` (Lightning).
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from spikebench.ann.state import State, is_plain, renamed, some, with_counters
from spikebench.errors import BenchError
from spikebench.io.yaml import suggestion

WRAPPER = re.compile(r"(?:^|(?<=\.))(?:module|_orig_mod)\.")


@dataclass(frozen=True)
class Choice:
    """The network's tensors under its names, and the `key` in the file they were under.

    `left_out`: how many tensors of the file are under other keys, by the first part of their names.
    """

    state: State
    key: str
    left_out: dict[str, int]

    def __str__(self) -> str:
        taken = f"{len(self.state)} tensors" + (f" under `{self.key}`" if self.key else "")
        others = ", ".join(f"{count} under `{key}`" for key, count in self.left_out.items())
        return f"Taken are {taken}" + (f"; left out are {others}." if others else ".")


def choose(
    tensors: State, network: nn.Module, file: Path, key: str | None, rename: dict[str, str | None]
) -> Choice:
    """Return the tensors of a file (`read_checkpoint`) that are the network's.

    They are the only ones under one prefix whose names and shapes are those of the network, when
    wrappers are removed and `rename` was applied to the names behind the prefix; or those under
    `key`. Where none fit, the prefix with most of the names is returned, for `check_state` to say
    what is wrong. Raises `BenchError` where several fit and their values differ, where there is
    nothing under `key`, and where `rename` does not apply.
    """
    found, faults = _choices(tensors, network, file, key, rename)
    if only := _only([choice for choice in found if _fits(choice.state, network)], file):
        return only
    names = network.state_dict().keys()
    nearest = max(found, key=lambda choice: len(choice.state.keys() & names), default=None)
    if nearest is None or (faults and not nearest.state.keys() & names):
        raise faults[0]
    return nearest


def in_types_of(network: nn.Module, state: State) -> State:
    """Return contiguous copies in the types of the network's tensors.

    Floating-point types become float32, whole numbers int64: half precision and bfloat16 exactly,
    float64 rounded to the nearest. Other tensors stay as they are, and do not fit.
    """
    expected = network.state_dict()
    return {
        name: _converted(value, expected[name].dtype) if name in expected else value
        for name, value in state.items()
    }


def _choices(
    tensors: State, network: nn.Module, file: Path, key: str | None, rename: dict[str, str | None]
) -> tuple[list[Choice], list[BenchError]]:
    """Return what could be meant, and why `rename` or `key` does not apply elsewhere.

    Without `rename` the names under every key are seen from the whole file.
    """
    places = [key] if key is not None else _places(tensors) if rename else [""]
    found: list[Choice] = []
    faults = []
    for place in places:
        try:
            group = renamed(_under(tensors, place, file), rename, file)
        except BenchError as error:
            faults.append(error)
            continue
        for names in (_unwrapped(group, network), group):  # a wrapper's name may be a key, too
            found += [
                _choice(names, network, place, at, tensors) for at in _prefixes(names, network)
            ]
    return found, faults


def _places(tensors: State) -> list[str]:
    """Return every prefix of the names, the empty one first."""
    parts = ((name.split("."), name) for name in tensors)
    inner = (".".join(words[:depth]) for words, _ in parts for depth in range(1, len(words)))
    return list(dict.fromkeys(["", *inner]))


def _under(tensors: State, key: str, file: Path) -> State:
    if not key:
        return tensors
    group = {name[len(key) + 1 :]: v for name, v in tensors.items() if name.startswith(f"{key}.")}
    if not group:
        raise BenchError(
            f"{file} holds no tensors under the `key` '{key}'.{suggestion(key, _places(tensors))} "
            f"Its tensors are {some(tensors)}; what is before a dot can be a key."
        )
    return group


def _prefixes(names: State, network: nn.Module) -> list[str]:
    """Return the prefixes behind which there are names of the network, most names first."""
    expected = network.state_dict().keys()
    counts: Counter[str] = Counter()
    for name in names:
        words = name.split(".")
        ends = (depth for depth in range(len(words)) if ".".join(words[depth:]) in expected)
        counts.update(".".join(words[:depth]) for depth in ends)
    return [prefix for prefix, _ in counts.most_common()] or [""]


def _choice(names: State, network: nn.Module, place: str, prefix: str, tensors: State) -> Choice:
    start = f"{prefix}." if prefix else ""
    state = {name.removeprefix(start): v for name, v in names.items() if name.startswith(start)}
    used = {id(value) for value in state.values()}
    others = Counter(name.split(".")[0] for name, v in tensors.items() if id(v) not in used)
    key = ".".join(filter(None, [place, prefix]))
    return Choice(with_counters(state, network), key, dict(others))


def _unwrapped(group: State, network: nn.Module) -> State:
    """Return the names without wrappers, unless the network itself has such names."""
    plain = {WRAPPER.sub("", name): value for name, value in group.items()}
    wrapped = any(WRAPPER.search(name) for name in network.state_dict())
    return group if wrapped or len(plain) != len(group) else plain


def _fits(state: State, network: nn.Module) -> bool:
    expected = network.state_dict()
    return state.keys() == expected.keys() and all(
        is_plain(state[name]) and state[name].shape == value.shape
        for name, value in expected.items()
    )


def _only(fitting: list[Choice], file: Path) -> Choice | None:
    different: list[Choice] = []
    for choice in fitting:
        if not any(_equal(choice.state, other.state) for other in different):
            different.append(choice)
    if len(different) > 1:
        raise BenchError(
            f"{file} holds {len(different)} states that fit, under "
            f"{', '.join(f'`{choice.key}`' for choice in different)}: say which one by "
            f"`key: {different[0].key}`, or another of them, beside the file in `weights`."
        )
    return different[0] if different else None


def _equal(first: State, second: State) -> bool:
    return all(_same(value, second[name]) for name, value in first.items())


def _same(first: Tensor, second: Tensor) -> bool:
    return first.dtype == second.dtype and torch.equal(first, second)


def _converted(value: Tensor, dtype: torch.dtype) -> Tensor:
    if value.is_floating_point() != dtype.is_floating_point or not is_plain(value):
        return value
    return value.to(dtype).clone(memory_format=torch.contiguous_format)
