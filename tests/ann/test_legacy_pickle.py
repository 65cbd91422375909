"""Whole modules of an old PyTorch are read, and a pickle that wants more is refused unread."""

import copyreg
import os
import pickle
import resource
from collections import OrderedDict
from io import BytesIO
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from spikebench.ann import legacy_pickle
from spikebench.ann.checkpoint import read_checkpoint
from spikebench.ann.legacy_pickle import MAGIC, VERSION, read_legacy_module
from spikebench.errors import BenchError


class Stored:
    """The numbers of a tensor, which the pickle only refers to."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


class OldPickler(pickle.Pickler):
    """Writes modules, parameters and tensors the way PyTorch 0.3 did."""

    def __init__(self, stream: BytesIO) -> None:
        super().__init__(stream, protocol=2)
        self.storages: list[Tensor] = []
        self.classes: set[type] = set()

    def persistent_id(self, value):
        if isinstance(value, type) and issubclass(value, nn.Module) and value not in self.classes:
            self.classes.add(value)
            return ("module", value, "net.py", "class Net(nn.Module): ...")
        if isinstance(value, Stored):
            self.storages.append(value.tensor)
            key, numel = str(len(self.storages) - 1), value.tensor.numel()
            return ("storage", torch.FloatStorage, key, "cuda:0", numel, None)
        return None

    def reducer_override(self, value):
        if isinstance(value, nn.Parameter):
            return nn.Parameter, (value.data,), (True, False, None)
        if isinstance(value, Tensor):
            return torch._utils._rebuild_tensor, (Stored(value), *self.place(value))
        if isinstance(value, nn.Module):
            parts = ("_parameters", "_buffers", "_modules")
            state = {part: OrderedDict(getattr(value, part)) for part in parts}
            return copyreg.__newobj__, (type(value),), {"training": True, **state}
        return NotImplemented

    def place(self, tensor: Tensor) -> tuple:
        return 0, tuple(tensor.shape), tensor.stride()


def write(file: Path, content: bytes, storages=(), *, magic: bytes | None = None) -> Path:
    """Write a legacy file around the pickle of its object."""
    header = (VERSION, {"protocol_version": VERSION, "little_endian": True})
    keys = [str(index) for index in range(len(storages))]
    pickles = [magic or pickle.dumps(MAGIC, 2), *(pickle.dumps(part, 2) for part in header)]
    numbers = [t.numel().to_bytes(8, "little") + t.numpy().tobytes() for t in storages]
    file.write_bytes(b"".join([*pickles, content, pickle.dumps(keys, 2), *numbers]))
    return file


def write_object(file: Path, value: object) -> Path:
    pickler = OldPickler(stream := BytesIO())
    pickler.dump(value)
    return write(file, stream.getvalue(), pickler.storages)


@pytest.fixture
def network() -> nn.Module:
    hidden = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
    return nn.Sequential(hidden, nn.Conv2d(2, 1, 3, bias=False))


@pytest.mark.parametrize("wrap", [lambda net: net, lambda net: {"epoch": 50, "model": net}])
def test_a_module_becomes_the_state_dict_it_would_have(network, tmp_path, wrap):
    found = read_legacy_module(write_object(tmp_path / "a.pth", wrap(network)))
    expected = network.state_dict()
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[key], expected[key]) for key in expected)


def test_buffers_belong_to_it(network, tmp_path):
    network[0].register_buffer("mean", torch.arange(3.0))
    found = read_legacy_module(write_object(tmp_path / "a.pth", network))
    assert found["0.mean"].tolist() == [0, 1, 2]


def test_it_is_chosen_not_fallen_back_to(network, tmp_path):
    with pytest.raises(BenchError, match=r"a\.pth holds objects besides tensors"):
        read_checkpoint(write_object(tmp_path / "a.pth", network))
    torch.save(network.state_dict(), tmp_path / "b.pth")
    with pytest.raises(BenchError, match=r"b\.pth cannot be read as a pickled module.*`format`"):
        read_legacy_module(tmp_path / "b.pth")


def test_a_class_that_is_not_listed_is_named(tmp_path):
    with pytest.raises(BenchError, match=r"names `torch\.nn\.modules\.linear\.Linear`.*ALLOWED"):
        read_legacy_module(write_object(tmp_path / "a.pth", nn.Linear(1, 1)))


# Damage ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 5, 40, 400, -4, -1])
def test_a_truncated_file_is_refused(network, tmp_path, length):
    file = write_object(tmp_path / "a.pth", network)
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(BenchError, match=r"a\.pth cannot be read as a pickled module"):
        read_legacy_module(file)


@pytest.mark.parametrize("content", [{}, {"epoch": 50}, {"a": nn.ReLU(), "b": nn.ReLU()}, [1]])
def test_a_file_without_its_one_module_is_refused(tmp_path, content):
    with pytest.raises(BenchError, match=r"holds \d modules, not one"):
        read_legacy_module(write_object(tmp_path / "a.pth", content))


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ((0, (10**9, 10**9), (0, 0)), "has the strides"),
        ((0, (2, 2), (1, 2)), "has the strides"),
        ((0, (5,), (1,)), "outside its storage"),
        ((1, (4,), (1,)), "outside its storage"),
        ((-1, (2,), (1,)), "outside its storage"),
        ((0, (-4,), (1,)), "cannot be read"),
        ((0, ("4",), (1,)), "cannot be read"),
    ],
)
def test_a_tensor_stays_within_its_storage(tmp_path, monkeypatch, place, message):
    relu = nn.ReLU()
    relu.register_buffer("values", torch.zeros(4))
    monkeypatch.setattr(OldPickler, "place", lambda self, tensor: place)
    with pytest.raises(BenchError, match=message):
        read_legacy_module(write_object(tmp_path / "a.pth", relu))


def test_a_module_inside_itself_is_refused(tmp_path, network):
    network[0]._modules["loop"] = network
    with pytest.raises(BenchError, match="cannot be read"):
        read_legacy_module(write_object(tmp_path / "a.pth", network))


# Hostility ---------------------------------------------------------------------------------------


def reduced(name: str, command: str) -> bytes:
    """Return the opcodes that call a function, named "module\\nattribute", with one string."""
    return f"c{name}\n(S'{command}'\ntR".encode()


def dotted(module: str, name: str) -> bytes:
    """Return the opcodes that look up a name with dots in it, as protocol 4 allows."""
    parts = (b"\x8c" + bytes([len(part)]) + part.encode() for part in (module, name))
    return b"\x80\x04" + b"".join(parts) + b"\x93"


def runs_when_unpickled(trace: Path) -> dict[str, bytes]:
    """Return pickles that make the file `trace` as soon as the usual means read them."""
    shell, python = f"touch {trace}", f'open("{trace}", "w")'
    system = f"{os.name}\nsystem"
    return {
        "system": reduced(system, shell) + b".",
        "eval": reduced("builtins\neval", python) + b".",
        "eval by its old name": reduced("__builtin__\neval", python) + b".",
        "inside an allowed call": b"ccollections\nOrderedDict\n(]"
        + reduced(system, shell)
        + b"0tR.",
        "as a module's state": b"ctorch.nn.modules.activation\nReLU\n)\x81}S'x'\n"
        + reduced(system, shell)
        + b"sb.",
        "instance opcode": f"(S'{shell}'\ni{system}\n.".encode(),
        "object opcode": f"(c{system}\nS'{shell}'\no.".encode(),
        "behind an allowed module": dotted("torch._utils", "sys.modules")
        + b"0"
        + reduced(system, shell)
        + b".",
        "a getattr": b"cbuiltins\ngetattr\n(cos\n__dict__\nS'get'\ntR(S'system'\ntR"
        + f"(S'{shell}'\ntR.".encode(),
    }


LOOKS_ALLOWED = {
    "torch._utils": ["_rebuild_tensor.__globals__", "_rebuild_tensor_v2", "_import_dotted_name"],
    "torch": ["FloatStorage.__reduce__", "load", "os.system", "serialization.os.system"],
    "collections": ["OrderedDict.fromkeys", "OrderedDict.__class__", "namedtuple"],
    "torch.nn.modules.conv": ["Conv2d.__init__", "math"],
    "torch.nn.modules.conv.Conv2d": ["__init__"],
    "vdsr": ["os", "Net.forward"],
    "": ["OrderedDict"],
}
OUTSIDE = {
    "a string": b"Pos.system\n.",
    "no module": b"(S'module'\nS'os.system'\nS''\nS''\ntQ.",
    "a type that is no module": b"(S'module'\nccollections\nOrderedDict\nS''\nS''\ntQ.",
    "other numbers": b"(S'storage'\nccollections\nOrderedDict\nS'0'\nS'cpu'\nI1\nNtQ.",
    "a view": b"(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI1\n(S'0'\nI0\nI1\nttQ.",
    "nothing": b"NQ.",
}


@pytest.fixture
def trace(tmp_path) -> Path:
    return tmp_path / "trace"


NAMES = list(runs_when_unpickled(Path("x")))


@pytest.mark.parametrize("name", NAMES)
def test_the_usual_means_would_run_it(trace, name):
    pickle.loads(runs_when_unpickled(trace)[name])
    assert trace.exists()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", ["object", "magic number"])
def test_nothing_of_a_hostile_pickle_runs(tmp_path, trace, name, where):
    content = runs_when_unpickled(trace)[name]
    magic = content if where == "magic number" else None
    file = write(tmp_path / "hostile.pth", content, magic=magic)
    with pytest.raises(BenchError, match=r"hostile\.pth names `[\w.]+`.*nothing of the file was"):
        read_legacy_module(file)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [(module, name) for module, names in LOOKS_ALLOWED.items() for name in names],
)
def test_a_name_that_only_looks_allowed_is_refused(tmp_path, module, name):
    with pytest.raises(BenchError) as caught:
        read_legacy_module(write(tmp_path / "a.pth", dotted(module, name) + b"."))
    assert f"names `{module}.{name}`" in str(caught.value)


@pytest.mark.parametrize("name", OUTSIDE)
def test_an_outside_reference_to_anything_else_is_refused(tmp_path, name):
    with pytest.raises(BenchError, match="cannot be read as a pickled module"):
        read_legacy_module(write(tmp_path / "a.pth", OUTSIDE[name]))


def test_a_registered_extension_is_not_reached(tmp_path):
    with pytest.raises(BenchError, match="cannot be read"):
        read_legacy_module(write(tmp_path / "a.pth", b"\x82\x01."))


@pytest.mark.parametrize("name", list(legacy_pickle.ALLOWED))
@pytest.mark.parametrize("state", [b"}S'given'\nNs", b"N}S'given'\nNs\x86"])
def test_a_pickle_cannot_change_what_reads_the_next_one(tmp_path, network, name, state):
    """BUILD on what a name stands for would set attributes on it."""
    before = {key: dict(vars(value)) for key, value in stand_ins().items()}
    content = "c{}\n{}\n".format(*name).encode() + state + b"b."
    with pytest.raises(BenchError, match="cannot be read"):
        read_legacy_module(write(tmp_path / "a.pth", content))
    assert before == {key: dict(vars(value)) for key, value in stand_ins().items()}
    test_a_module_becomes_the_state_dict_it_would_have(network, tmp_path, lambda net: net)


def stand_ins() -> dict[tuple[str, str], type]:
    return {key: value for key, value in legacy_pickle.ALLOWED.items() if isinstance(value, type)}


def test_a_record_of_a_high_number_takes_no_memory(tmp_path):
    numbered = b"r" + (2**27).to_bytes(4, "little")  # in an array this long: 2 GB
    file = write(tmp_path / "old.pth", pickle.dumps(1, 2)[:-1] + numbered + b".")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BenchError, match=r"old\.pth"):
        read_legacy_module(file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # KiB
