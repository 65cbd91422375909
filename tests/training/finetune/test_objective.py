"""Losses against their formulas, and what an event is."""

import math

import numpy as np
import pytest
import torch

from spikebench.snn.graph.forward import run
from spikebench.training.finetune.energy import Cost
from spikebench.training.finetune.objective import Objective, distilled_psnr, events, negative_psnr
from tests.snn.nets import chain
from tests.training.finetune.one_site import THETA, tunable


def test_the_psnr_is_taken_of_each_patch():
    random = np.random.default_rng(0)
    output, target = random.random((2, 3, 1, 4, 5))
    output[1] = target[1]  # a perfect patch counts 50 dB, not infinitely much
    errors = [((a - b) ** 2).mean() for a, b in zip(output, target, strict=True)]
    expected = np.mean([10 * np.log10(error + 1e-5) for error in errors])
    assert errors[1] == 0
    found = negative_psnr(torch.from_numpy(output), torch.from_numpy(target))
    assert found.item() == pytest.approx(expected, rel=1e-9)


def test_a_distilled_psnr_adds_the_distance_from_the_ann_to_what_the_ann_leaves():
    random = np.random.default_rng(1)
    output, taught, target = random.random((3, 2, 1, 4, 5))
    left = ((taught - target) ** 2).mean(axis=(1, 2, 3))
    added = ((output - taught) ** 2).mean(axis=(1, 2, 3))
    found = distilled_psnr(*map(torch.from_numpy, (output, taught, target)))
    assert found.item() == pytest.approx((10 * np.log10(left + added + 1e-5)).mean(), rel=1e-9)


def test_a_distilled_psnr_is_the_psnr_where_both_errors_are_orthogonal():
    target = torch.zeros(1, 1, 1, 2, dtype=torch.float64)
    taught = torch.tensor([0.3, 0.0], dtype=torch.float64).view(1, 1, 1, 2)
    output = torch.tensor([0.3, 0.2], dtype=torch.float64).view(1, 1, 1, 2)
    found = distilled_psnr(output, taught, target)
    assert found.item() == pytest.approx(negative_psnr(output, target).item(), rel=1e-12)


def test_a_distilled_objective_is_least_at_the_ann_whatever_the_clean_image_is(recipe):
    generator = torch.Generator().manual_seed(0)
    image, target = torch.rand(2, 2, 1, 6, 6, generator=generator)
    settings = recipe(
        activation={"kind": "relu"}, loss="distilled_psnr", distillation=0.0, energy=0.0
    )
    teacher = chain()
    network = tunable(teacher)
    objective = Objective(settings, teacher)
    objective(network, image, target, 1, 0.0).loss.backward()
    slopes = [p.grad.abs().max() for p in network.weights.parameters() if p.grad is not None]
    assert slopes and max(slopes) < 1e-4
    with torch.no_grad():
        least = objective(network, image, target, 1, 0.0).loss
        assert least.item() == pytest.approx(negative_psnr(teacher(image), target).item(), abs=1e-4)
        for parameter in network.weights.parameters():
            parameter.mul_(1.1)
        assert objective(network, image, target, 1, 0.0).loss > least


def test_a_value_is_one_event_or_none_and_has_a_slope_where_that_can_change():
    spikes = torch.tensor([0.0, 1.0, 2.0, 31.0], requires_grad=True)
    found = events({"site": spikes})["site"]
    assert found.tolist() == [0, 1, 1, 1]
    found.sum().backward()
    assert spikes.grad.tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize("limits", ["spikes", "events"])
def test_the_energy_is_that_of_what_is_limited_and_counts_with_its_weight(recipe, limits):
    image = torch.rand(2, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    network = tunable(chain())
    chosen = recipe(
        activation={"kind": "staircase", "levels": [8]}, limits=limits, distillation=0.0
    )
    objective = Objective(chosen, chain())
    free, paid = (objective(network, image, image, 8, weight) for weight in (0.0, 2.0))
    sent: dict[str, torch.Tensor] = {}

    def fire(site, z):
        count = (z / THETA * 8).round().clamp(0, 8)
        sent[site.name] = count if limits == "spikes" else (count > 0).float()
        return count * THETA / 8

    with torch.no_grad():
        run(network.graph, image, fire)
    most = max(float(number.max()) for number in sent.values())
    assert (most > 1) == (limits == "spikes")
    expected = float(Cost(network.graph, image)(sent))
    assert free.energy.item() == pytest.approx(expected, rel=1e-6)
    assert (paid.loss - free.loss).item() == pytest.approx(2 * expected, rel=1e-5)


def test_without_spikes_the_energy_is_the_ann_s_and_no_part_of_the_loss(recipe):
    image = torch.rand(2, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    chosen = recipe(activation={"kind": "relu"}, distillation=1.0, energy=0.0)
    teacher = chain()
    found = Objective(chosen, teacher)(tunable(teacher), image, image, 1, 7.0)
    assert found.energy == 1
    assert found.loss.item() == pytest.approx(0, abs=1e-6)
    assert math.isnan(found.spikes_per_neuron)
