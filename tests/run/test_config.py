"""Every mistake in a configuration gives one message that names the place and the remedy."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from spikebench.errors import BenchError
from spikebench.run import config as config_module
from spikebench.run.config import RunConfig
from spikebench.run.load import load_config
from tests.miniature import run_config, write_catalogue

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return write_catalogue(tmp_path_factory.mktemp("checkout"))


def complaint(root: Path, **changes) -> str:
    with pytest.raises(BenchError) as caught:
        load_config(run_config(**changes), place="my.yaml", root=root)
    return str(caught.value)


def test_valid_configuration(root):
    config = load_config(run_config(), root=root)
    assert config.timesteps == [1, 2, 4]
    assert config.methods["strict"].options == {"hard_reset": True}
    assert [config.method_name(label) for label in config.methods] == [
        "ann",
        "max_norm",
        "max_norm",
    ]


def test_file_and_dictionary_are_the_same(root, tmp_path):
    file = tmp_path / "my.yaml"
    file.write_text(yaml.safe_dump(run_config()))
    assert load_config(file, root=root) == load_config(run_config(), root=root)


rising = st.sets(st.integers(1, 10**6), min_size=1).map(sorted)


@given(rising)
def test_a_rising_grid_is_taken_as_it_is(grid):
    assert RunConfig.model_validate(run_config(timesteps=grid)).timesteps == grid


@given(rising, st.data())
def test_a_grid_that_does_not_rise_is_refused(grid, data):
    position = data.draw(st.integers(0, len(grid) - 1))
    wrong = [
        *grid[: position + 1],
        data.draw(st.integers(1, grid[position])),
        *grid[position + 1 :],
    ]
    with pytest.raises(ValueError, match="must rise"):
        RunConfig.model_validate(run_config(timesteps=wrong))


def test_the_grid_of_a_row_rises_too():
    rows = {"ann": {"timesteps": [4, 2]}}
    with pytest.raises(ValueError, match="must rise"):
        RunConfig.model_validate(run_config(methods=rows))


not_a_count = st.one_of(
    st.integers(max_value=0), st.booleans(), st.floats(), st.text(), st.none(), st.just([1])
)


@given(rising, not_a_count, st.data())
def test_a_grid_with_anything_but_counts_is_refused(grid, wrong, data):
    grid.insert(data.draw(st.integers(0, len(grid))), wrong)
    with pytest.raises(ValueError, match="timesteps"):
        RunConfig.model_validate(run_config(timesteps=grid))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"timesteps": [0, 1]}, "my.yaml: `timesteps.0` is 0. Expected: a rising list of whole"),
        ({"timesteps": [1, 2.5]}, "my.yaml: `timesteps.1` is 2.5. Expected: a rising list of"),
        ({"timesteps": [2, 2]}, "my.yaml: `timesteps` must rise, each number of time steps once"),
        ({"timesteps": []}, "my.yaml: `timesteps` is []. Expected: a rising list of whole"),
        ({"seed": True}, "my.yaml: `seed` is True. Expected: a whole number, at least 0."),
        ({"repetitions": 0}, "my.yaml: `repetitions` is 0. Expected: a whole number, at least 1"),
        (
            {"readout": "median"},
            "my.yaml: `readout` is 'median'. Expected: `mean`, or {delayed: N}",
        ),
        ({"readout": {"delayed": -1}}, "my.yaml: `readout` is {'delayed': -1}. Expected: `mean`"),
        ({"readout": {}}, "my.yaml: `readout` is {}. Expected: `mean`, or {delayed: N}"),
        (
            {"readout": {"delayed": 1}},
            "my.yaml: `readout` leaves out the first 1 time steps, so that nothing is read at T = "
            "1. Lower the delay, or take such T from `timesteps`.",
        ),
        (
            {"timesteps": [4], "readout": {"delayed": 2}, "methods": {"ann": {"timesteps": [2]}}},
            "my.yaml: `methods` has the row 'ann' with T = 2, at which nothing is read: `readout` "
            "leaves out the first 2 time steps. Lower the delay, or take such T from the row.",
        ),
        ({"timestep": [1]}, "my.yaml: unknown key `timestep`. Did you mean 'timesteps'?"),
        ({"methods": {"Max-norm": {}}}, "my.yaml: `methods.Max-norm` is {}. Expected: a mapping"),
        ({"methods": {"ann": None}}, "my.yaml: `methods.ann` is None. Expected: a mapping from"),
        ({"methods": {}}, "my.yaml: `methods` is {}. Expected: a mapping from row labels"),
        (
            {"calibration": {"patches": 1, "size": 1, "datasets": {}, "sizes": 2}},
            "my.yaml: unknown key `calibration.sizes`. Did you mean 'size'?",
        ),
        (
            {"benchmarks": [{"datasets": ["noisy"], "backbones": ["denoiser"], "images": 0}]},
            "my.yaml: `benchmarks.0.images` is 0. Expected: a number of images, a list of image",
        ),
        (
            {"benchmarks": [{"datasets": ["noisy"], "backbones": ["denoiser"], "images": []}]},
            "my.yaml: `benchmarks.0.images` is []. Expected: a number of images, a list of image "
            "names, at least one, or null for all.",
        ),
        (
            {"methods": {"ann": {}, False: {"method": "max_norm"}}},
            "my.yaml: `methods` has the key False, which is no text. YAML takes no, yes, on, off, "
            "null and numbers for text only in quotes, such as 'no'.",
        ),
        ({"methods": {None: {}}}, "my.yaml: `methods` has the key None, which is no text."),
        ({"methods": {"ann": {4: 1}}}, "my.yaml: `methods.ann` has the key 4, which is no text."),
        ({"benchmarks": []}, "my.yaml: `benchmarks` is []. Expected: a list of mappings with"),
        ({"method_paths": []}, "my.yaml: `method_paths` is []. Expected: a list of folders with"),
        (
            {"method_paths": ["~nobody_at_all/snn"]},
            "my.yaml: `method_paths.0` is ~nobody_at_all/snn: nobody here has such a home folder.",
        ),
        (
            {"provided": {"noisy": "~nobody_at_all/x"}},
            "my.yaml: `provided.noisy` is ~nobody_at_all/x: nobody here has such a home folder.",
        ),
    ],
)
def test_one_message_names_key_and_expectation(root, changes, expected):
    message = complaint(root, **changes)
    assert message.startswith(expected)
    assert "\n" not in message


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    config = RunConfig.model_validate(
        run_config(
            method_paths=["methods", "~/snn", "a~b/~"],
            provided={"noisy": "~/noisy.zip", "small": "/data/~small"},
            energy_models=["45nm_fp32_cached", "~/chip.yaml", "mine/~chip.yaml"],
        )
    )
    assert config.method_paths == [Path("methods"), Path("/home/me/snn"), Path("a~b/~")]
    assert config.provided == {"noisy": Path("/home/me/noisy.zip"), "small": Path("/data/~small")}
    assert config.energy_models == ["45nm_fp32_cached", "/home/me/chip.yaml", "mine/~chip.yaml"]


def test_missing_key(root):
    data = run_config()
    del data["calibration"]["size"]
    with pytest.raises(BenchError, match=r"`calibration\.size` is missing\. It holds the side of"):
        load_config(data, root=root)


def test_a_key_that_is_no_text_at_the_top(root):
    with pytest.raises(BenchError, match=r"my\.yaml: there is the key 2024, which is no text\."):
        load_config(run_config() | {2024: 1}, place="my.yaml", root=root)


def test_two_mistakes_are_two_lines(root):
    assert complaint(root, seed=-1, repetitions="two").count("my.yaml: ") == 2


def test_a_configuration_must_be_a_mapping(root):
    with pytest.raises(BenchError, match="mapping"):
        load_config([1, 2], root=root)


def test_unreadable_files(root, tmp_path):
    with pytest.raises(BenchError, match=r"absent\.yaml: cannot be read"):
        load_config(tmp_path / "absent.yaml", root=root)
    (tmp_path / "broken.yaml").write_text("run: [")
    with pytest.raises(BenchError, match=r"broken\.yaml: is not YAML"):
        load_config(tmp_path / "broken.yaml", root=root)


@pytest.mark.parametrize("file", sorted(REPOSITORY.glob("config/*.yaml")), ids=lambda f: f.stem)
def test_the_configurations_of_this_repository_hold(file):
    assert load_config(file, root=REPOSITORY).run


def test_the_schema_file_is_in_step():
    committed = (REPOSITORY / "workflow/schemas/config.schema.json").read_text()
    assert committed == config_module.schema(), "run `make schema` and commit the result"


@pytest.mark.parametrize("device", ["cpu", "cuda", "auto"])
def test_a_device_is_written_down_unless_it_is_the_cpu(device):
    config = RunConfig.model_validate(run_config(device=device))
    written = config.model_dump(mode="json")
    assert config.device == device and written.get("device", "cpu") == device
    assert RunConfig.model_validate(run_config()).device == "cpu"


def test_another_device_is_refused(root):
    assert "`device`" in complaint(root, device="gpu") and "auto" in complaint(root, device="gpu")


def test_a_limit_below_every_t_of_a_row_is_refused_with_its_remedies(root):
    row = {"method": "max_norm", "timesteps": [8, 16]}
    changes = {"methods": {"ann": {}, "late": row}, "reference_row": None}
    limited = [{"datasets": ["noisy"], "backbones": ["denoiser"], "up_to": 4}]
    said = complaint(root, benchmarks=limited, **changes)
    assert "no T up to 4 in the row 'late', which runs [8, 16]" in said
    assert "Raise `up_to`, or leave the row out" in said
    named = [limited[0] | {"methods": ["ann"]}]
    assert load_config(run_config(benchmarks=named, **changes), root=root)
