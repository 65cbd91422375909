import pytest
import torch

from spikebench.ann.architecture import construct, load_architecture
from spikebench.errors import BenchError

NETWORK = """
from torch import nn
from torch.nn import Conv2d

class Net(nn.Module):
    def __init__(self, *, width: int) -> None:
        super().__init__()
        self.conv = Conv2d(1, width, 3)
"""


@pytest.fixture
def architecture(tmp_path):
    def write(text: str):
        file = tmp_path / "net.py"
        file.write_text(text)
        return file

    return write


def test_finds_the_class_defined_and_not_those_imported(architecture):
    assert load_architecture(architecture(NETWORK)).__name__ == "Net"


def test_passes_the_options_on(architecture):
    assert construct(architecture(NETWORK), {"width": 5}).conv.weight.shape == (5, 1, 3, 3)


@pytest.mark.parametrize("options", [{}, {"width": 5, "depth": 2}, {"width": "wide"}])
def test_names_options_that_do_not_fit(architecture, options):
    with pytest.raises(BenchError, match=r"net\.py: Net cannot be built .* It takes .*width: int"):
        construct(architecture(NETWORK), options)


@pytest.mark.parametrize("count", [0, 2])
def test_wants_exactly_one_network(architecture, count):
    text = NETWORK.split("class")[0] + "".join(
        f"class Net{index}(nn.Module): pass\n" for index in range(count)
    )
    with pytest.raises(
        BenchError, match=rf"net\.py defines {count} networks.*; expected exactly one"
    ):
        load_architecture(architecture(text))


PARTS = """
from torch import nn

class Block(nn.Module): pass

class Tail(nn.Module): pass

def blocks():
    return nn.Sequential(Block())

class Base(nn.Module): pass

class Net(Base):
    def __init__(self) -> None:
        super(Net, self).__init__()
        self.body, self.tail = blocks(), Tail()

def make_model():
    return Net()
"""


def test_blocks_bases_and_factories_do_not_hide_the_network(architecture):
    assert load_architecture(architecture(PARTS)).__name__ == "Net"
    with pytest.raises(BenchError, match=r"defines 2 networks \(Net, Other\)"):
        load_architecture(architecture(f"{PARTS}\nclass Other(Base): pass\n"))


def test_names_a_missing_file(tmp_path):
    with pytest.raises(BenchError, match=r"no architecture file .*absent\.py"):
        load_architecture(tmp_path / "absent.py")


def test_names_a_file_that_cannot_be_imported(architecture):
    with pytest.raises(BenchError, match=r"net\.py cannot be imported: NameError"):
        load_architecture(architecture("undefined"))


def test_random_weights_follow_the_global_seed(architecture):
    drawn = []
    for _ in range(2):
        torch.manual_seed(3)
        drawn.append(construct(architecture(NETWORK), {"width": 2}).conv.weight)
    assert torch.equal(*drawn)
