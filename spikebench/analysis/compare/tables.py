"""The columns of the three tables; docs/statistics.md says what each number means."""

import pyarrow as pa

from spikebench.analysis.statistics.targets import TARGETS

# Per target in dB: the columns of the smallest energy, ANN = 1, and of the smallest T.
TARGET_COLUMNS = {
    target: tuple(f"{what}_to_{target:.1f}_db".replace(".", "_") for what in ("ratio", "t"))
    for target in TARGETS
}


def _fields(kind: pa.DataType, names: str, *, nullable: bool = False) -> list[pa.Field]:
    return [pa.field(name, kind, nullable=nullable) for name in names.split()]


# One row for each board, rule, method that the rule shows, and rival (`against`: ann or best).
COMPARISONS = pa.schema(
    [
        *_fields(pa.string(), "task dataset backbone protocol rule method against rival"),
        *_fields(pa.int64(), "timesteps rival_timesteps images seeds images_differing"),
        *_fields(pa.float64(), "difference_db difference_low difference_high"),
        *_fields(pa.float64(), "seed_sd_db p p_holm", nullable=True),
    ]
)
# One row for each board, method and energy model; `reason` says why a delta is missing.
CURVES = pa.schema(
    [
        *_fields(pa.string(), "task dataset backbone protocol method energy_model reference"),
        *_fields(pa.int64(), "points"),
        *_fields(pa.float64(), "bd_psnr_db bd_psnr_from bd_psnr_to bd_psnr_share", nullable=True),
        *_fields(pa.string(), "bd_psnr_reason"),
        *_fields(
            pa.float64(),
            "bd_energy_percent bd_energy_from bd_energy_to bd_energy_share",
            nullable=True,
        ),
        *_fields(pa.string(), "bd_energy_reason"),
        *_fields(pa.float64(), " ".join(c[0] for c in TARGET_COLUMNS.values()), nullable=True),
        *_fields(pa.int64(), " ".join(c[1] for c in TARGET_COLUMNS.values()), nullable=True),
    ]
)
# One row for each scope (a task, or all), rule and method.
STANDINGS = pa.schema(
    [
        *_fields(pa.string(), "scope rule method"),
        *_fields(pa.int64(), "boards boards_ranked rank"),
        *_fields(pa.float64(), "points"),
        *_fields(pa.float64(), "share", nullable=True),
    ]
)
