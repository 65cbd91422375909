import pytest
import torch


@pytest.fixture(autouse=True, scope="package")
def one_thread():
    """Maps of a few pixels take longer to hand to threads than to compute."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
