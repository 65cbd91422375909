"""Small runs, as the tables that the comparison reads."""

from typing import Any

import pytest

from spikebench.analysis.leaderboard import leaderboard
from spikebench.analysis.prices import prices
from tests.rows import energy_frame, image_frame, image_row, layer_frame


class Run:
    """The images and the leaderboard of a run whose energy grows with T: 0.1 T of the ANN's."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.images = image_frame(*rows)
        energy = energy_frame(
            self.images,
            first=lambda cells: 0.1 * cells["timesteps"],
            second=lambda cells: 0.2 * cells["timesteps"],
        )
        self.prices = prices(energy)
        self.leaderboard = leaderboard(self.images, layer_frame(), self.prices)


def scored(method: str, psnr: list[float], **changes: Any) -> list[dict[str, Any]]:
    """Return a row of a method for each image."""
    return [
        image_row(method=method, image=f"{i:02}", psnr=p, **changes) for i, p in enumerate(psnr)
    ]


@pytest.fixture
def rise() -> Run:
    """Two methods over T = 1, 2, 4, 8 on six images of one set; `b` is dearer by a step."""
    base = [20.0, 21.0, 22.0, 23.0, 24.0, 25.0]
    levels = {"a": (0.0, 3.0, 5.0, 6.0), "b": (-1.0, 1.5, 4.0, 5.8)}
    return Run(
        *(
            row
            for method, gains in levels.items()
            for t, gain in zip((1, 2, 4, 8), gains, strict=True)
            for row in scored(method, [p + gain for p in base], timesteps=t, psnr_ann=28.6)
        )
    )
