import math

import pytest
import torch
from torch import nn

from spikebench.ann import train as training
from spikebench.ann.patches import Pair, Patches
from spikebench.ann.recipe import Recipe
from spikebench.ann.train import Training, initialise, one_cycle, train
from spikebench.errors import BenchError
from spikebench.task import Task

TASK = Task(kind="denoise", channels="grey", sigma=25, protocol="grey_float")


def network() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 1, 3, padding=1))


def patches(chosen: Recipe) -> Patches:
    random = torch.Generator().manual_seed(0)
    images = [torch.rand(1, 12, 14, generator=random) for _ in range(3)]
    return Patches([Pair(image, image) for image in images], TASK, chosen)


@pytest.fixture
def run(tmp_path):
    """Train the network of two layers; return its state and losses."""

    def start(chosen: Recipe, source: Patches | None = None):
        trained, losses = train(
            network(),
            source or patches(chosen),
            chosen,
            checkpoint=tmp_path / "checkpoint",
            fingerprint="test",
        )
        return trained.state_dict(), losses

    return start


def same(first: dict, second: dict) -> bool:
    return all(torch.equal(first[key], second[key]) for key in first | second)


def test_the_same_recipe_gives_the_same_bits_and_another_seed_others(run, recipe):
    state, losses = run(recipe())
    torch.manual_seed(99)  # what the caller drew before is of no consequence
    again, losses_again = run(recipe())
    assert losses == losses_again
    assert same(state, again)
    assert not same(state, run(recipe(seed=1))[0])


class Interrupted(Patches):
    def batch(self, step: int):
        if step == 4:
            raise KeyboardInterrupt
        return super().batch(step)


def test_a_resumed_run_equals_an_uninterrupted_one(run, recipe, monkeypatch, tmp_path):
    state, losses = run(recipe())
    monkeypatch.setattr(training, "CHECKPOINT_EVERY", 3)
    source = patches(recipe())
    with pytest.raises(KeyboardInterrupt):
        run(recipe(), Interrupted(source.pairs, TASK, recipe()))
    assert (tmp_path / "checkpoint").is_file()
    resumed, resumed_losses = run(recipe())
    assert resumed_losses == losses
    assert same(resumed, state)


def test_a_checkpoint_of_another_run_is_refused(recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "CHECKPOINT_EVERY", 1)
    arguments = (network(), patches(recipe()), recipe())
    train(*arguments, checkpoint=tmp_path / "checkpoint", fingerprint="one")
    with pytest.raises(BenchError, match="belongs to another"):
        train(*arguments, checkpoint=tmp_path / "checkpoint", fingerprint="two")


def test_training_lowers_the_loss(run, recipe):
    _, losses = run(recipe(steps=60, batch=4))
    assert sum(losses[-10:]) < 0.5 * sum(losses[:10])


def test_a_step_is_adam_on_the_loss_and_the_average_follows(recipe):
    chosen = recipe(loss="l1", ema=0.75)
    run, reference = Training(network(), chosen), network()
    initial = {key: value.clone() for key, value in run.network.state_dict().items()}
    reference.load_state_dict(initial)
    degraded, target = patches(chosen).batch(0)
    rate = run.schedule.get_last_lr()[0]

    optimiser = torch.optim.Adam(reference.parameters(), lr=rate, betas=(0.9, 0.999))
    loss = (reference(degraded) - target).abs().mean()
    loss.backward()
    optimiser.step()
    for _ in range(2):
        run.step(degraded, target)
    assert run.losses[0] == pytest.approx(loss.item(), rel=1e-6)

    first = reference.state_dict()
    for key, average in run.average.module.state_dict().items():
        expected = 0.75 * first[key] + 0.25 * run.network.state_dict()[key]
        torch.testing.assert_close(average, expected, rtol=1e-4, atol=1e-6)


def test_a_loss_that_is_not_finite_stops_the_run(recipe):
    run = Training(network(), recipe())
    with pytest.raises(BenchError, match=r"loss is nan at step 0.* Lower `learning_rate`"):
        run.step(torch.full((1, 1, 8, 8), torch.nan), torch.zeros(1, 1, 8, 8))


def test_the_learning_rate_rises_to_the_peak_and_falls_to_a_thousandth(recipe):
    chosen = recipe(steps=100, warmup=0.1, learning_rate=1.0)
    optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule, rates = one_cycle(optimiser, chosen), []
    for _ in range(chosen.steps):
        rates.append(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()
    assert rates[0] == pytest.approx(1 / 25)
    assert max(rates) == rates[9] == pytest.approx(1)
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert rates[-1] == pytest.approx(1 / 1000)


def test_initial_weights_have_he_deviation_and_zero_bias():
    layer = nn.Conv2d(32, 64, 3)
    initialise(layer, seed=1)
    expected = math.sqrt(2 / (32 * 9))
    assert layer.weight.std().item() == pytest.approx(expected, rel=0.05)
    assert not layer.bias.any()
