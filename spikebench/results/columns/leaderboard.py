"""leaderboard.parquet: one row for each method at one T on a board, aggregated over the images.

Which columns of the images it has, and how they are aggregated, is declared with these.
"""

from spikebench.results.columns.field import Direction, Field, Shown, Table
from spikebench.results.columns.images import IMAGES

AGGREGATED = "leaderboard: images.parquet, seeds averaged within an image"
RANKED = "leaderboard"
OVER_MODELS = "leaderboard: prices.parquet, over its energy models"
LAYER_BY_LAYER = "leaderboard: layers.parquet, the largest `passes` of a layer"
NODE_BY_NODE = "leaderboard: layers.parquet, its analogue nodes"


def _interval(name: str, of: str, end: str) -> Field:
    return Field(
        name=name,
        kind="real",
        unit="dB",
        nullable=True,
        meaning=f"{end} end of the 95 % bootstrap interval over images of {of}.",
        source=AGGREGATED,
    )


def _whole(name: str, meaning: str, source: str, shown: Shown | None = None) -> Field:
    return Field(name=name, kind="whole", meaning=meaning, source=source, shown=shown)


HIGHER: Direction = "higher"

LEADERBOARD = Table(
    "leaderboard",
    "a method at one T on a board, seeds pooled",
    keys=("dataset", "backbone", "method", "timesteps"),
    fields=(
        *(field.averaged() for field in IMAGES.fields if field.over_images),
        _whole("images", "Images.", AGGREGATED, Shown(place=12, key="images", title="Images")),
        _whole(
            "images_left_out",
            "Of these, images left out of `psnr`, `psnr_ann`, `psnr_input`, `gap_db`, their "
            "intervals and the ranks, since on them a PSNR of the board is infinite or undefined.",
            AGGREGATED,
        ),
        _whole("seeds", "Repetitions.", AGGREGATED),
        Field(
            name="interval_steps",
            kind="whole",
            unit="steps",
            meaning="Steps from one image to the next where layers are pipelined, each at work on "
            "another image with one membrane a neuron: the most that one layer takes for an image.",
            source=LAYER_BY_LAYER,
            shown=Shown(
                place=114,
                key="interval",
                title="Interval, pipelined",
                unit="steps",
                better="lower",
                decimals=0,
                by_default=False,
                blank=True,
            ),
        ),
        Field(
            name="analogue_share",
            kind="real",
            nullable=True,
            meaning="Of a hybrid network, the share of the ANN's multiply-accumulates that its "
            "analogue nodes take; missing where there are none.",
            source=NODE_BY_NODE,
            shown=Shown(
                place=116, key="analogue", title="Analogue share of MACs", decimals=3, blank=True
            ),
        ),
        Field(
            name="special_ops",
            kind="real",
            unit="operations/image",
            nullable=True,
            meaning="Of a hybrid network, exponentials, roots and quotients of analogue nodes.",
            source=NODE_BY_NODE,
            shown=Shown(
                place=117,
                key="special",
                title="Special functions",
                unit="per image",
                decimals=0,
                by_default=False,
                blank=True,
            ),
        ),
        Field(
            name="psnr_se",
            kind="real",
            unit="dB",
            nullable=True,
            meaning="Standard error of the mean PSNR over images; 0 for one image.",
            source=AGGREGATED,
        ),
        Field(
            name="gap_db",
            kind="real",
            unit="dB",
            nullable=True,
            meaning="Mean of PSNR minus the ANN's on the same images.",
            source=AGGREGATED,
            shown=Shown(
                place=80,
                key="gap",
                title="Gap to ANN",
                unit="dB",
                better=HIGHER,
                decimals=2,
                sign=True,
                on_phone=True,
                interval=("gap_low", "gap_high"),
            ),
        ),
        _interval("psnr_low", "`psnr`", "Lower"),
        _interval("psnr_high", "`psnr`", "Upper"),
        _interval("gap_low", "`gap_db`", "Lower"),
        _interval("gap_high", "`gap_db`", "Upper"),
        _whole(
            "rank",
            "Rank by PSNR to 0.01 dB within board and T; 0 for a reference, or without a PSNR.",
            RANKED,
            Shown(place=10, key="rank", title="Rank", on_phone=True),
        ),
        _whole(
            "rank_first",
            "First rank that the images leave open to it: 1 and the rows shown to be better. A row "
            "is better where a paired t-test says so at 5 % and two one-sided tests do not show "
            "both equal within 0.05 dB. 0 as in `rank`.",
            RANKED,
        ),
        _whole("rank_last", "Last such rank: all rows but those shown to be worse.", RANKED),
        _whole("boards", "Boards of the run: pairs of a data set and a network.", RANKED),
        _whole(
            "boards_run",
            "Boards on which the method has rows.",
            RANKED,
            Shown(place=118, key="boards", title="Boards run", by_default=False),
        ),
        _whole(
            "rank_in_class",
            "The same among rows of one `spike_class`.",
            RANKED,
            Shown(place=50, key="inclass", title="Rank in kind", decimals=0, by_default=False),
        ),
        Field(
            name="energy_least",
            kind="real",
            unit="ANN = 1",
            nullable=True,
            meaning="Least energy of the row under any model of the run, the ANN's being 1.",
            source=OVER_MODELS,
        ),
        Field(
            name="energy_most",
            kind="real",
            unit="ANN = 1",
            nullable=True,
            meaning="The largest such energy. Where `energy_least` is below 1 and this is above, "
            "the models disagree on whether the row saves energy.",
            source=OVER_MODELS,
            shown=Shown(
                place=125,
                key="range",
                title="Energy, all models",
                unit="ANN = 1",
                in_tables="energy_range",
            ),
        ),
        Field(
            name="pareto",
            kind="flag",
            meaning="Whether no competitor of its board beats it in PSNR and energy, first model.",
            source=RANKED,
            shown=Shown(place=140, key="front", title="Front"),
        ),
        Field(
            name="pareto_with_references",
            kind="flag",
            meaning="The same against all rows of the board, the ANN and quantised ANNs included; "
            "such as have no price are left out.",
            source=RANKED,
        ),
    ),
)
