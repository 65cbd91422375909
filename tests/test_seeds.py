import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.seeds import derive

AXES = st.lists(st.text("abc", max_size=3) | st.integers(0, 9), max_size=3)


def test_a_published_stream_keeps_its_seed():
    # Any other value would change every noisy image, and with them every published table.
    assert derive(0, "noise", "set12", "01") == 6946278662014100064


@given(base=st.integers(0, 2**32), axes=AXES)
def test_a_seed_is_a_whole_number_that_generators_take(base, axes):
    seed = derive(base, *axes)
    assert 0 <= seed < 2**63
    torch.Generator().manual_seed(seed)
    assert derive(base, *axes) == seed


@given(st.tuples(st.integers(0, 5), AXES), st.tuples(st.integers(0, 5), AXES))
def test_streams_of_other_names_are_others(first, second):
    names = [[str(part) for part in (base, *axes)] for base, axes in (first, second)]
    seeds = [derive(base, *axes) for base, axes in (first, second)]
    assert (seeds[0] == seeds[1]) == (names[0] == names[1])


def test_neighbouring_names_do_not_run_together():
    assert derive(0, "ab", "c") != derive(0, "a", "bc")
    assert derive(1, 2) != derive(12)


def test_streams_of_neighbouring_seeds_are_not_correlated():
    draws = torch.stack(
        [torch.randn(4000, generator=torch.Generator().manual_seed(derive(s))) for s in range(4)]
    )
    beyond = torch.corrcoef(draws) - torch.eye(4)
    assert beyond.abs().max() < 5 / 4000**0.5
