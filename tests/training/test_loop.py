import copy
import math

import pytest
import torch
from torch import nn

from spikebench.ann.recipe import Recipe
from spikebench.errors import BenchError
from spikebench.task import Task
from spikebench.training import loop as training
from spikebench.training.loop import Training, initialise, one_cycle, train
from spikebench.training.patches import Pair, Patches
from tests.impostor import device, lent

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


@pytest.mark.parametrize(
    ("layer", "fan_in"),
    [
        (nn.Conv2d(32, 64, 3), 32 * 9),
        (nn.Conv2d(32, 64, 3, groups=4, bias=False), 8 * 9),
        (nn.Linear(200, 100), 200),
        (nn.ConvTranspose2d(64, 32, 4, stride=2), 64 * 4),
        (nn.ConvTranspose2d(64, 64, 3, groups=2, bias=False), 32 * 9),
    ],
)
def test_initial_weights_have_he_deviation_and_zero_bias(layer, fan_in):
    initialise(layer, seed=1)
    assert layer.weight.std().item() == pytest.approx(math.sqrt(2 / fan_in), rel=0.05)
    assert layer.bias is None or not layer.bias.any()


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv2d(16, 64, 3, groups=2), (16, 24, 24)),
        (nn.ConvTranspose2d(32, 16, 4, stride=2), (32, 24, 24)),
        (nn.Linear(64, 32), (24, 24, 64)),
    ],
)
def test_initial_weights_keep_the_power_of_rectified_noise(layer, shape):
    """Half the power of noise is left by ReLU, and He's factor 2 makes up for it."""
    initialise(layer, seed=1)
    noise = torch.randn(64, *shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        inside = layer(noise.relu())[:, :, 4:-4]
    assert inside.square().mean().item() == pytest.approx(1, rel=0.2)


def test_initial_normalisation_is_that_of_pytorch():
    norm = nn.BatchNorm2d(3)
    expected = {key: value.clone() for key, value in norm.state_dict().items()}
    initialise(nn.Sequential(nn.Conv2d(1, 3, 3), norm), seed=1)
    assert same(norm.state_dict(), expected)


def normalised() -> nn.Module:
    hidden = nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU()
    return nn.Sequential(*hidden, nn.Conv2d(4, 1, 3, padding=1))


def test_the_statistics_of_normalisation_are_averaged_like_the_weights(recipe):
    chosen = recipe(ema=0.75)
    run, batch = Training(normalised(), chosen), patches(chosen).batch(0)
    seen = []
    for _ in range(3):
        run.step(*batch)
        seen.append(run.network[1].running_mean.clone())
    expected = 0.75 * (0.75 * seen[0] + 0.25 * seen[1]) + 0.25 * seen[2]
    torch.testing.assert_close(run.average.module[1].running_mean, expected)


def test_a_normalised_network_resumes_with_its_statistics(recipe):
    chosen = recipe()
    runs = [Training(normalised(), chosen) for _ in range(2)]
    batches = [patches(chosen).batch(step) for step in range(4)]
    for batch in batches[:2]:
        runs[0].step(*batch)
    runs[1].load_state_dict(copy.deepcopy(runs[0].state_dict()))
    for run in runs:
        for batch in batches[2:]:
            run.step(*batch)
    assert same(*(run.average.module.state_dict() for run in runs))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_gpu_that_is_not_there_is_said_before_training(recipe):
    with pytest.raises(BenchError, match=r"`device: cuda`.*finds none here"):
        Training(network(), recipe(device="cuda"))


def test_on_a_device_a_step_is_that_of_the_cpu(run, recipe, monkeypatch):
    """The device is one that computes as the CPU does; nothing of a step may lie elsewhere."""
    expected, losses = run(recipe())
    monkeypatch.setattr(training, "chosen", lambda name, strict: device())
    with lent() as there:
        state, found = run(recipe(device="cuda"))
    assert there.calls[torch.ops.aten.convolution_backward]
    assert found == pytest.approx(losses)
    for name, value in state.items():
        torch.testing.assert_close(value, expected[name])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_trains_to_the_same_quality(run, recipe):
    state, losses = run(recipe(device="cuda"))
    assert all(value.device.type == "cpu" for value in state.values())
    assert losses == pytest.approx(run(recipe())[1], rel=1e-3)
