"""A line of the page's tables."""

from dataclasses import dataclass, field, fields


@dataclass
class Row:
    """A line of a table: one method at one T (0 for a reference), on one board.

    The fields from `method` to `pareto` are columns of leaderboard.parquet. `ratios` maps energy
    models to the row's energy in units of the ANN's. `ranks` maps the key of each rule that shows
    the row to its rank there; 0 is unranked.
    """

    name: str
    ratios: dict[str, float]
    method: str
    family: str
    spike_class: str
    timesteps: int
    latency_steps: int
    images: int
    psnr: float
    psnr_low: float
    psnr_high: float
    gap_db: float
    gap_low: float
    gap_high: float
    ssim: float
    lpips: float
    output_entropy: float
    spikes_per_neuron: float
    psnr_ann: float
    psnr_input: float
    pareto: bool
    ranks: dict[str, int] = field(default_factory=dict)

    @property
    def reference(self) -> bool:
        """Whether the row is a yardstick (`ann`, `input`) and no competitor."""
        return self.family == "reference"

    @property
    def energy(self) -> float:
        """The energy in units of the ANN's under the model that ranks, which is the first."""
        return next(iter(self.ratios.values()))


COLUMNS = [column.name for column in fields(Row) if column.name not in {"name", "ratios", "ranks"}]
