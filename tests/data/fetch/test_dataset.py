"""Fetching data sets from a server on this machine, from archives and from folders."""

import shutil
from pathlib import Path

import pytest

from spikebench.data.fetch import mirror as mirror_module
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.fetch.expected import WrongBytes
from spikebench.data.fetch.first_use import FILE, recorded
from spikebench.data.fetch.mirror import CACHE
from spikebench.data.fetch.parallel import SHOWN
from spikebench.data.fetch.transfer import Transfer
from spikebench.data.images import pixel_sha256, read_pixels
from spikebench.data.index import indexed
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from tests.data.conftest import file_entry
from tests.data.fetch.conftest import left_in, png, sha256, status, wrong
from tests.data.fetch.test_archive import packed

pytestmark = pytest.mark.usefixtures("hasty")
ARCHIVE = {"url": "http://example.org/set.zip"}
LAYOUT = [
    {"role": "target", "pattern": r"^clean/(?P<name>\w+)\.png$"},
    {"role": "degraded", "pattern": r"^rain/(?P<name>\w+)\.png$"},
]
PACKED = {f"{place}/{n}.png": png(50 * n + 9) for place in ("clean", "rain") for n in (1, 2, 3)}
IMAGES = {name: png(shade) for name, shade in [("a", 10), ("b", 20), ("c", 30)]}


def pinned(name: str, **changes) -> dict:
    content = IMAGES[name]
    return file_entry(name, bytes=len(content), sha256=sha256(content)) | changes


@pytest.fixture
def on_server(server, served):
    """The images a, b and c at example.org/NAME.png."""
    server.pages |= {served(f"{name}.png"): content for name, content in IMAGES.items()}
    return server


@pytest.fixture
def whole(spec):
    return spec(files=[pinned(name) for name in IMAGES])


def test_a_set_is_fetched_with_an_index_of_every_hash(on_server, whole, tmp_path):
    fetch_dataset(whole, tmp_path / "out")
    for name, content in IMAGES.items():
        assert (tmp_path / f"out/target/{name}.png").read_bytes() == content
    index = load_dataset("set5", Path(__file__).parents[3] / "datasets", tmp_path / "out")
    assert index.files == [indexed(entry, tmp_path / "out") for entry in whole.files]
    assert all(entry.pixels for entry in index.files)


@pytest.mark.parametrize(("images", "names"), [(2, "ab"), (["c", "a"], "ac"), (None, "abc")])
def test_only_the_files_of_the_wanted_images_are_asked_for(
    on_server, served, spec, tmp_path, images, names
):
    files = [pinned(name, role=role) for name in IMAGES for role in ("target", "degraded")]
    fetch_dataset(spec(files=files), tmp_path / "out", images=images)
    expected = sorted(f"{role}/{name}.png" for name in names for role in ("target", "degraded"))
    assert sorted(f.relative_to(tmp_path / "out").as_posix() for f in tmp_path.glob("out/*/*")) == (
        expected
    )
    assert {path for path, _ in on_server.asked} == {served(f"{name}.png") for name in names}


def test_an_unknown_image_is_answered_with_the_known(whole, tmp_path):
    with pytest.raises(BenchError, match=r"'tiny' has no z\. Known: a, b, c\."):
        fetch_dataset(whole, tmp_path / "out", images=["z"])


def test_a_failed_file_does_not_lose_the_others(on_server, served, whole, tmp_path):
    on_server.steps[served("b.png")] = [status(500)] * 2
    with pytest.raises(
        BenchError, match=r"'tiny': 1 of 3 files failed, 2 are right.*\nb\.png could"
    ):
        fetch_dataset(whole, tmp_path / "out")
    assert not (tmp_path / "out/index.csv").exists()
    shutil.rmtree(tmp_path / "out")  # so does Snakemake
    on_server.asked.clear()
    fetch_dataset(whole, tmp_path / "out")
    assert on_server.asked == [(served("b.png"), None)]
    assert left_in(tmp_path / "out/target") == ["a.png", "b.png", "c.png"]


def test_all_failures_are_named(on_server, served, whole, tmp_path):
    on_server.steps[served("a.png")] = [wrong] * 2
    del on_server.pages[served("c.png")]
    with pytest.raises(BenchError, match="2 of 3 files failed") as caught:
        fetch_dataset(whole, tmp_path / "out")
    assert "a.png from" in str(caught.value) and "c.png could not" in str(caught.value)


def test_of_many_failures_the_first_are_named_and_the_others_counted(on_server, spec, tmp_path):
    files = [file_entry(f"i{n}", sha256=f"{n:064}") for n in range(30)]
    with pytest.raises(BenchError, match="30 of 30 files failed") as caught:
        fetch_dataset(spec(files=files), tmp_path / "out")
    _, *named, more = str(caught.value).splitlines()
    assert len(named) == SHOWN and len(set(named)) == SHOWN
    assert more == f"And {30 - SHOWN} more like these."


def test_a_host_that_does_not_answer_is_not_asked_for_every_file(spec, tmp_path, monkeypatch):
    monkeypatch.setattr(mirror_module, "TRANSFER", Transfer(attempts=1, timeout=0.3))
    files = [
        file_entry(f"i{n}", url=f"https://127.0.0.1:1/{n}.png", sha256=f"{n:064}")
        for n in range(100)
    ]
    with pytest.raises(BenchError, match="100 of 100 files failed, 0 are right") as caught:
        fetch_dataset(spec(files=files), tmp_path / "out")
    assert "The other files of 127.0.0.1:1 were not asked for." in str(caught.value)
    assert 1 <= str(caught.value).count("could not be fetched") < 100


def test_an_index_of_an_earlier_fetch_goes_before_anything_changes(served, whole, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/index.csv").write_text("old")
    with pytest.raises(BenchError):
        fetch_dataset(whole, tmp_path / "out")
    assert left_in(tmp_path / "out" / "index.csv") == []


def test_files_that_are_no_longer_listed_go_and_others_stay(on_server, whole, tmp_path):
    fetch_dataset(whole, tmp_path / "out")
    kept = [tmp_path / "out/notes.txt", tmp_path / "out/target/folder/x.png", tmp_path / "out/my/x"]
    gone = [tmp_path / "out/degraded_x2/a.png", tmp_path / "out/target/a.jpg"]
    for file in [*kept, *gone]:
        file.parent.mkdir(exist_ok=True)
        file.touch()
    fetch_dataset(whole, tmp_path / "out", images=1)
    assert [file.exists() for file in kept] == [True] * 3
    assert [file.exists() for file in gone] == [False] * 2
    assert left_in(tmp_path / "out/target") == ["a.png", "folder"]


@pytest.mark.parametrize("sides", [(9, 100), (1, 7)])
def test_sides_that_the_set_does_not_allow_are_refused(on_server, spec, tmp_path, sides):
    with pytest.raises(BenchError, match=r"a\.png has 8 x 8 pixels; the sides of 'tiny' are"):
        fetch_dataset(spec(files=[pinned("a")], sides=sides), tmp_path / "out")
    assert not (tmp_path / "out/index.csv").exists()


def test_inputs_of_other_sides_than_their_clean_images_are_named(spec, filled_pairs, tmp_path):
    layout = [
        {"role": "target", "path": "target/{name}"},
        {"role": "degraded", "path": "input/{name}"},
    ]
    pairs = spec(files=[], images=3, layout=layout, tasks=["deblur"])
    with pytest.raises(BenchError) as caught:
        fetch_dataset(pairs, tmp_path / "out", provided=filled_pairs)
    assert str(caught.value) == (
        "Inputs of 'tiny' do not fit their clean images: input/a.png has 9 x 8 pixels, "
        "target/a.png asks for 8 x 8; input/c.png has 8 x 7 pixels, target/c.png asks for 8 x 8. "
        "Find the right files, or mend how `layout` names them."
    )
    assert not (tmp_path / "out/index.csv").exists()


@pytest.fixture
def filled_pairs(tmp_path) -> Path:
    """A folder of three pairs; two of the inputs have other sides."""
    for name, content in {"a": png(1, width=9), "b": png(2), "c": png(3, height=7)}.items():
        for folder, written in (("target", png(7)), ("input", content)):
            (tmp_path / "mine" / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / "mine" / folder / f"{name}.png").write_bytes(written)
    return tmp_path / "mine"


@pytest.mark.parametrize(("height", "fits"), [(4, True), (5, False)])
def test_inputs_of_a_factor_have_its_whole_quotient_of_sides(spec, tmp_path, height, fits):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/a_gt.png").write_bytes(png(1, height=9, width=8))
    (tmp_path / "mine/a.png").write_bytes(png(2, height=height, width=4))
    layout = [
        {"role": "target", "path": "{name}_gt.png", "scale": 2},
        {"role": "degraded", "path": "{name}.png", "scale": 2},
    ]
    pairs = spec(files=[], images=1, layout=layout, tasks=["zoom"])
    if fits:
        fetch_dataset(pairs, tmp_path / "out", provided=tmp_path / "mine")
        assert left_in(tmp_path / "out") == ["degraded_x2", "index.csv", "target_x2"]
        return
    with pytest.raises(BenchError, match=r"a\.png has 4 x 5 pixels, a_gt\.png asks for 4 x 4"):
        fetch_dataset(pairs, tmp_path / "out", provided=tmp_path / "mine")


def test_both_sides_count(server, served, spec, tmp_path):
    content = png(5, height=6, width=12)
    server.pages[served("a.png")] = content
    row = file_entry("a", bytes=len(content), sha256=sha256(content))
    fetch_dataset(spec(files=[row], sides=(6, 12)), tmp_path / "out")
    for sides in [(7, 12), (6, 11)]:
        with pytest.raises(BenchError, match="12 x 6 pixels"):
            fetch_dataset(spec(files=[row], sides=sides), tmp_path / "out")


def test_another_decoding_of_the_pinned_file_is_refused(on_server, spec, tmp_path):
    right = pixel_sha256(read_pixels(save(tmp_path / "a.png", IMAGES["a"])))
    fetch_dataset(spec(files=[pinned("a", pixels=right)]), tmp_path / "out")
    with pytest.raises(BenchError, match=r"expected 0{64}: this Pillow, \d+.*, reads .* another"):
        fetch_dataset(spec(files=[pinned("a", pixels="0" * 64)]), tmp_path / "out")


def save(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def test_a_clean_image_without_a_pin_that_is_none_is_said_with_its_record(
    server, served, spec, tmp_path
):
    server.pages[served("a.png")] = b"<html>come back later</html>"
    free = spec(files=[file_entry("a", bytes=None, sha256=None)])
    with pytest.raises(BenchError, match=r"cannot be decoded.*delete its line in .*first_use\.csv"):
        fetch_dataset(free, tmp_path / "out")
    FILE.unlink()
    (CACHE / "example.org/a.png").unlink()
    server.pages[served("a.png")] = IMAGES["a"]
    fetch_dataset(free, tmp_path / "out")
    assert recorded("https://example.org/a.png") == (len(IMAGES["a"]), sha256(IMAGES["a"]))


def test_a_mistake_of_ours_keeps_its_traceback(on_server, whole, tmp_path, monkeypatch):
    monkeypatch.setattr("spikebench.data.index.pixel_sha256", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fetch_dataset(whole, tmp_path / "out")


@pytest.fixture
def archived(server, served, spec, tmp_path):
    """A set of three pairs in an archive on the server; its spec, some keys replaced."""
    packed(tmp_path / "set.zip", PACKED)
    server.pages[served("set.zip")] = (tmp_path / "set.zip").read_bytes()
    keys = {"files": [], "images": 3, "layout": LAYOUT, "archive": ARCHIVE}
    return lambda **changes: spec(**keys | changes)


def test_a_set_is_unpacked_from_its_archive_which_stays(archived, server, served, tmp_path):
    for folder in ("one", "two"):
        fetch_dataset(archived(), tmp_path / folder)
    index = load_dataset("rain100h", Path(__file__).parents[3] / "datasets", tmp_path / "two")
    assert [(e.name, e.role) for e in index.files[:2]] == [("1", "target"), ("1", "degraded")]
    for entry in index.files:
        assert (tmp_path / "two" / entry.file_name).read_bytes() == PACKED[entry.member]
    assert server.asked == [(served("set.zip"), None)]
    assert recorded(ARCHIVE["url"]) == (len(server.pages[served("set.zip")]), sha256_of(CACHE))


def sha256_of(folder: Path) -> str:
    return sha256((folder / "example.org/set.zip").read_bytes())


def test_only_the_wanted_images_are_unpacked(archived, tmp_path):
    fetch_dataset(archived(), tmp_path / "out", images=2)
    assert left_in(tmp_path / "out/target") == left_in(tmp_path / "out/degraded") == [
        "1.png", "2.png"
    ]  # fmt: skip


def test_a_pinned_archive_is_verified(archived, tmp_path):
    wrong_pin = ARCHIVE | {"bytes": 5, "sha256": "0" * 64}
    with pytest.raises(WrongBytes, match=r"set\.zip from .* expected 5 bytes"):
        fetch_dataset(archived(archive=wrong_pin), tmp_path / "out")


def test_files_of_an_archive_may_be_pinned_one_by_one(archived, tmp_path):
    rows = [
        {"name": path[-5], "role": "target" if path[0] == "c" else "degraded", "member": path}
        | {"bytes": len(content), "sha256": sha256(content)}
        for path, content in PACKED.items()
    ]
    fetch_dataset(archived(files=rows), tmp_path / "out")
    rows[1]["sha256"] = "0" * 64
    with pytest.raises(BenchError, match=r"clean/2\.png has SHA-256 .* expects 0{64}"):
        fetch_dataset(archived(files=rows), tmp_path / "out")


@pytest.mark.parametrize("kind", ["folder", "tar.gz"])
def test_provided_files_take_the_place_of_the_download(archived, server, tmp_path, kind):
    source = packed(tmp_path / "mine.tar.gz", PACKED)
    if kind == "folder":
        for name, content in PACKED.items():
            (tmp_path / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "mine" / name).write_bytes(content)
        source = tmp_path / "mine"
    fetch_dataset(archived(), tmp_path / "out", provided=source)
    assert left_in(tmp_path / "out/degraded") == ["1.png", "2.png", "3.png"]
    assert server.asked == [] and not FILE.exists()


def test_provided_files_keep_hashes_of_their_own(whole, tmp_path):
    for name in IMAGES:
        (tmp_path / "mine/target").mkdir(parents=True, exist_ok=True)
        save(tmp_path / f"mine/target/{name}.png", png(77))
    listed = whole.model_copy(
        update={"files": [e.model_copy(update={"pixels": "0" * 64}) for e in whole.files]}
    )
    fetch_dataset(listed, tmp_path / "out", provided=tmp_path / "mine")
    index = load_dataset("set5", Path(__file__).parents[3] / "datasets", tmp_path / "out")
    assert {entry.sha256 for entry in index.files} == {sha256(png(77))}
    assert (tmp_path / "mine/target/a.png").stat().st_nlink == 1  # a copy, not a link


def test_provided_files_that_are_the_pinned_ones_must_decode_alike(whole, tmp_path):
    (tmp_path / "mine/target").mkdir(parents=True)
    for name, content in IMAGES.items():
        save(tmp_path / f"mine/target/{name}.png", content)
    pins = {"files": [e.model_copy(update={"pixels": "0" * 64}) for e in whole.files]}
    with pytest.raises(BenchError, match="this Pillow"):
        fetch_dataset(whole.model_copy(update=pins), tmp_path / "out", provided=tmp_path / "mine")


def test_provided_images_of_wrong_sides_are_refused(archived, tmp_path):
    source = packed(tmp_path / "mine.zip", PACKED)
    with pytest.raises(BenchError, match=r"3 of 6 files failed.*\n.*8 x 8 pixels"):
        fetch_dataset(archived(sides=(16, 16)), tmp_path / "out", provided=source)


def test_a_set_without_an_address_asks_for_a_folder(spec, tmp_path):
    nowhere = spec(files=[], images=3, layout=LAYOUT)
    with pytest.raises(BenchError, match=r"no public address.*provided: \{tiny: /path/to/it\}"):
        fetch_dataset(nowhere, tmp_path / "out")


@pytest.fixture
def mine(tmp_path, spec):
    """A set of yours: its images a, b and c lie in a folder, which names them otherwise."""
    (tmp_path / "mine/below").mkdir(parents=True)
    rows = []
    for name, content in IMAGES.items():
        (tmp_path / f"mine/below/{name} 1.png").write_bytes(content)
        rows.append(pinned(name, url=None, member=f"below/{name} 1.png"))
    return spec(files=rows, folder=str(tmp_path / "mine"))


@pytest.mark.parametrize(("images", "names"), [(None, "abc"), (2, "ab"), (["c"], "c")])
def test_a_set_in_a_folder_is_copied_under_its_own_names(mine, tmp_path, images, names):
    fetch_dataset(mine, tmp_path / "out", images=images)
    assert sorted(file.name for file in (tmp_path / "out/target").iterdir()) == [
        f"{name}.png" for name in names
    ]
    for name in names:
        assert (tmp_path / f"out/target/{name}.png").read_bytes() == IMAGES[name]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "below/b 1.png").unlink(), r"lacks 1 of its 3 files: below/b 1"),
        (lambda folder: (folder / "below/b 1.png").write_bytes(png(1)), r"b 1\.png has SHA-256"),
        (shutil.rmtree, r"lacks 3 of its 3 files"),
    ],
)
def test_a_folder_that_changed_is_refused_and_leaves_no_index(mine, tmp_path, change, message):
    change(tmp_path / "mine")
    with pytest.raises(BenchError, match=message):
        fetch_dataset(mine, tmp_path / "out")
    assert not (tmp_path / "out/index.csv").exists()


def test_a_path_that_leads_out_of_the_folder_is_not_followed(mine, tmp_path):
    (tmp_path / "secret.png").write_bytes(IMAGES["a"])
    (tmp_path / "mine/link.png").symlink_to(tmp_path / "secret.png")
    for member in ("../secret.png", str(tmp_path / "secret.png"), "link.png"):
        first, *others = mine.files
        files = [first.model_copy(update={"member": member}), *others]
        with pytest.raises(BenchError, match="lacks 1 of its 3 files"):
            fetch_dataset(mine.model_copy(update={"files": files}), tmp_path / "out")


def test_what_the_configuration_provides_goes_before_the_folder(mine, tmp_path):
    (tmp_path / "other/target").mkdir(parents=True)
    for name, content in IMAGES.items():
        (tmp_path / f"other/target/{name}.png").write_bytes(content)
    shutil.rmtree(tmp_path / "mine")
    fetch_dataset(mine, tmp_path / "out", provided=tmp_path / "other")
    assert (tmp_path / "out/index.csv").is_file()
