"""comparisons, curves and standings.parquet; docs/statistics.md says what each number means."""

from spikebench.results.columns.common import (
    BACKBONE,
    DATASET,
    ENERGY_MODEL,
    METHOD,
    PROTOCOL,
    SELECTION,
    TASK,
    TIMESTEPS,
)
from spikebench.results.columns.field import Field, Table

TARGETS = (0.1, 0.5, 1.0)  # dB below the ANN
# Per target in dB: the columns of the smallest energy, ANN = 1, and of the smallest T.
TARGET_COLUMNS = {
    target: tuple(f"{what}_to_{target:.1f}_db".replace(".", "_") for what in ("ratio", "t"))
    for target in TARGETS
}
SOURCE = "compare"


def _text(name: str, meaning: str) -> Field:
    return Field(name=name, kind="text", meaning=meaning, source=SOURCE)


def _whole(name: str, meaning: str, unit: str = "", *, known: bool = True) -> Field:
    return Field(
        name=name, kind="whole", meaning=meaning, source=SOURCE, unit=unit, nullable=not known
    )


def _real(name: str, meaning: str, unit: str = "", *, known: bool = True) -> Field:
    return Field(
        name=name, kind="real", meaning=meaning, source=SOURCE, unit=unit, nullable=not known
    )


COMPARISONS = Table(
    "comparisons",
    "a method that a selection shows on a board, against a rival",
    fields=(
        TASK,
        DATASET,
        BACKBONE,
        PROTOCOL,
        SELECTION,
        METHOD,
        _text("against", "Rival: ann, or best, the highest mean PSNR under the selection."),
        _text("rival", "Method of the rival."),
        TIMESTEPS,
        _whole("rival_timesteps", "T of the rival.", "steps"),
        _whole("images", "Images compared."),
        _whole("seeds", "Repetitions."),
        _whole("images_differing", "Images on which the difference is not zero."),
        _real("difference_db", "Mean over images of PSNR minus the rival's.", "dB"),
        _real("difference_low", "Lower end of its 95 % bootstrap interval.", "dB"),
        _real("difference_high", "Upper end of its 95 % bootstrap interval.", "dB"),
        _real("seed_sd_db", "Standard deviation over seeds of the mean.", "dB", known=False),
        _real("p", "Two-sided p of Wilcoxon's signed-rank test.", known=False),
        _real("p_holm", "The same after Holm's correction.", known=False),
        _real(
            "p_equal",
            "The p of two one-sided t-tests that the difference lies within 0.05 dB; missing for "
            "a single image.",
            known=False,
        ),
    ),
)


def _delta(name: str, unit: str, mean: str, of_range: str) -> tuple[Field, ...]:
    return (
        _real(name, mean, unit, known=False),
        _real(f"{name.rsplit('_', 1)[0]}_from", "Where its range begins.", of_range, known=False),
        _real(f"{name.rsplit('_', 1)[0]}_to", "Where its range ends.", of_range, known=False),
        _real(
            f"{name.rsplit('_', 1)[0]}_share",
            "Its range as a share of what both curves cover together.",
            known=False,
        ),
        _text(f"{name.rsplit('_', 1)[0]}_reason", "Why there is no number."),
    )


CURVES = Table(
    "curves",
    "a method's curve along T on a board, under one energy model",
    fields=(
        TASK,
        DATASET,
        BACKBONE,
        PROTOCOL,
        METHOD,
        ENERGY_MODEL,
        _text("reference", "Method whose curve it is compared with."),
        _whole("points", "Undominated points of the curve."),
        *_delta("bd_psnr_db", "dB", "Mean of PSNR minus the reference's.", "ANN = 1"),
        *_delta("bd_energy_percent", "%", "Mean energy more than the reference's.", "dB"),
        *(
            _real(
                ratio,
                f"Smallest measured energy within {target} dB of the ANN.",
                "ANN = 1",
                known=False,
            )
            for target, (ratio, _) in TARGET_COLUMNS.items()
        ),
        *(
            _whole(steps, f"Smallest T within {target} dB of the ANN.", "steps", known=False)
            for target, (_, steps) in TARGET_COLUMNS.items()
        ),
    ),
)
STANDINGS = Table(
    "standings",
    "a method over several boards, by its Borda count",
    fields=(
        _text("scope", "Task whose boards are counted, or all; hybrid: of these networks alone."),
        SELECTION,
        METHOD,
        _whole("boards", "Boards of the scope."),
        _whole("boards_run", "Boards on which it was run."),
        _whole("boards_ranked", "Boards on which it has a row under the selection."),
        _whole("rank", "Rank by points, of the methods that ran on every board.", known=False),
        _real("points", "Borda points among these methods.", known=False),
        _real("share", "Points over those possible.", known=False),
    ),
)
