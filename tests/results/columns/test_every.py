"""The columns that a run's tables have: published names and types, and what is said of each."""

import pytest

from spikebench.results.columns.comparisons import COMPARISONS, CURVES, STANDINGS
from spikebench.results.columns.description import ENERGY_MODELS, METHODS, RUN
from spikebench.results.columns.energy import ENERGY, PRICES
from spikebench.results.columns.every import SHOWN, TABLES
from spikebench.results.columns.images import IMAGES, VOLATILE
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.leaderboard import LEADERBOARD
from spikebench.results.columns.pictures import PICTURES
from spikebench.results.columns.training import TRAINING
from spikebench.results.columns.verification import TRUST, VERIFIED

TEXT = "string not null"
WHOLE = "int64 not null"
REAL = "double not null"

PUBLISHED = {
    "images": (
        IMAGES,
        {
            TEXT: "task dataset image backbone method family spike_class protocol method_hash "
            "weights_sha256 dataset_sha256 evaluator_hash config_hash git_commit version "
            "torch_version device",
            WHOLE: "timesteps latency_steps seed neurons synops macs_cached macs_streaming "
            "state_ops macs_dense macs_effective state_ops_ann threads",
            REAL: "psnr ssim psnr_ann psnr_input spikes_per_neuron seconds",
            "double": "lpips output_entropy",
        },
    ),
    "layers": (
        LAYERS,
        {
            TEXT: "task dataset backbone method layer op input_kind",
            WHOLE: "timesteps seed",
            REAL: "neurons events spikes synops macs_cached macs_streaming rate passes macs_dense "
            "macs_effective inputs outputs weights biases kernel channels_in channels_out "
            "analogue_macs special_ops",
            "int64": "bits",
        },
    ),
    "pictures": (
        PICTURES,
        {
            TEXT: "dataset image backbone method role",
            WHOLE: "timesteps seed",
            "binary not null": "webp",
        },
    ),
    "methods": (
        METHODS,
        {
            TEXT: "method name title family citation bibtex anytime summary documentation options "
            "settings source method_hash",
            "string": "remark",
        },
    ),
    "training": (
        TRAINING,
        {
            TEXT: "backbone recipe state_sha256",
            WHOLE: "step images",
            REAL: "held_out_psnr held_out_psnr_ann gap_db energy",
            "double": "loss held_out_loss energy_target energy_weight spikes_per_neuron seconds",
            "bool not null": "kept",
        },
    ),
    "run": (
        RUN,
        {
            TEXT: "run config timesteps base_seed benchmarks datasets backbones refusals failures "
            "notes git_commit version python torch_version platform created"
        },
    ),
    "comparisons": (
        COMPARISONS,
        {
            TEXT: "task dataset backbone protocol rule method against rival",
            WHOLE: "timesteps rival_timesteps images seeds images_differing",
            REAL: "difference_db difference_low difference_high",
            "double": "seed_sd_db p p_holm p_equal",
        },
    ),
    "curves": (
        CURVES,
        {
            TEXT: "task dataset backbone protocol method energy_model reference bd_psnr_reason "
            "bd_energy_reason",
            WHOLE: "points",
            "double": "bd_psnr_db bd_psnr_from bd_psnr_to bd_psnr_share bd_energy_percent "
            "bd_energy_from bd_energy_to bd_energy_share ratio_to_0_1_db ratio_to_0_5_db "
            "ratio_to_1_0_db",
            "int64": "t_to_0_1_db t_to_0_5_db t_to_1_0_db",
        },
    ),
    "standings": (
        STANDINGS,
        {
            TEXT: "scope rule method",
            WHOLE: "boards boards_run boards_ranked",
            "int64": "rank",
            "double": "points share",
        },
    ),
    "energy": (
        ENERGY,
        {
            TEXT: "task dataset backbone method energy_model",
            WHOLE: "timesteps seed",
            "double": "energy_nj energy_ann_nj energy_effective_nj energy_twin_nj ratio "
            "break_even_ann break_even_effective break_even_twin",
        },
    ),
    "prices": (
        PRICES,
        {
            TEXT: "task dataset backbone method energy_model verdict",
            WHOLE: "timesteps",
            "double": "energy_nj energy_ann_nj energy_effective_nj energy_twin_nj ratio "
            "effective_ratio twin_ratio break_even_ann break_even_effective break_even_twin",
        },
    ),
    "energy_models": (ENERGY_MODELS, {"string": "name title source omits first_layer entry"}),
    "leaderboard": (
        LEADERBOARD,
        {
            TEXT: "task dataset backbone method family spike_class protocol",
            WHOLE: "timesteps latency_steps interval_steps images images_left_out seeds rank "
            "rank_first rank_last boards boards_run "
            "rank_in_class",
            REAL: "synops ssim spikes_per_neuron",
            "double": "psnr psnr_ann psnr_input psnr_se lpips output_entropy gap_db psnr_low "
            "psnr_high gap_low gap_high analogue_share special_ops "
            "energy_least energy_most",
            "bool not null": "pareto pareto_with_references",
        },
    ),
    "verified": (
        VERIFIED,
        {
            TEXT: "backbone dataset protocol image weights_sha256 dataset_sha256",
            REAL: "psnr ssim psnr_input ssim_input",
        },
    ),
    "trust": (
        TRUST,
        {
            TEXT: "backbone title task dataset protocol kind source note weights_sha256 "
            "dataset_sha256",
            WHOLE: "images",
            REAL: "stated_psnr",
            "double": "stated_ssim psnr ssim psnr_input",
        },
    ),
}


@pytest.mark.parametrize(("table", "columns"), PUBLISHED.values(), ids=PUBLISHED.keys())
def test_the_columns_are_the_published_ones(table, columns):
    expected = {name: kind for kind, names in columns.items() for name in names.split()}
    found = {f.name: f"{f.type}{'' if f.nullable else ' not null'}" for f in table.schema}
    assert found == expected


def test_what_came_about_on_one_machine_is_volatile():
    names = {"seconds", "device", "threads", "torch_version", "git_commit", "version"}
    assert set(VOLATILE) == names


FIELDS = [(table.name, field) for table in TABLES.values() for field in table.fields]


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=[f"{t}.{f.name}" for t, f in FIELDS])
def test_each_column_says_in_a_sentence_what_it_means_and_where_it_comes_from(table, field):
    assert field.meaning.endswith(".") and field.meaning[0].isupper()
    assert field.source


def test_no_two_shown_columns_share_a_place_or_a_key():
    shown = [field.shown for field in SHOWN]
    assert len({each.place for each in shown}) == len({each.key for each in shown}) == len(SHOWN)


def test_the_bounds_of_a_shown_interval_are_columns():
    ends = {name for field in SHOWN for name in field.shown.interval or ()}
    assert ends == {"psnr_low", "psnr_high", "gap_low", "gap_high"} <= set(LEADERBOARD.names)
