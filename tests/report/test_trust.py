"""Known numbers and hashes."""

import pytest

from spikebench.report.board import boards
from spikebench.report.trust import hashes, known_numbers


def test_known_numbers_stand_beside_the_ann_row(results, shown):
    entries = {entry.backbone: entry for entry in known_numbers(results, shown)}
    assert entries["Denoiser"].difference == pytest.approx(0.15)
    assert entries["Upscaler"].difference == pytest.approx(8.15)


def test_a_part_of_a_set_is_not_compared(results):
    sets = {"photos": results.run["datasets"]["photos"] | {"images": 12}}
    part = type(results)(**(vars(results) | {"run": results.run | {"datasets": sets}}))
    assert all(entry.difference is None for entry in known_numbers(part, boards(part)))


def test_every_set_network_and_method_has_its_hash(results):
    names = {(kind, name) for kind, name, _ in hashes(results)}
    assert {("data set", "photos"), ("weights", "denoiser"), ("method", "steady")} <= names
    assert ("evaluator", "spikebench") in names
