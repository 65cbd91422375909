"""A job's log says why it failed, and what it reads and writes is checked."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from spikebench.errors import BenchError
from spikebench.io.seals import damage, seal, seal_of
from spikebench.run.logs import NOT_STARTED, SILENT, job, logged, reason


@pytest.fixture
def task(tmp_path) -> SimpleNamespace:
    """What Snakemake hands to a script: one input, one output, a log."""
    (tmp_path / "in.txt").write_text("in")
    names = {"input": "in.txt", "output": "out.txt", "log": "job.log"}
    return SimpleNamespace(**{key: [str(tmp_path / name)] for key, name in names.items()})


def test_an_output_is_sealed(task):
    output = Path(task.output[0])
    with job(task):
        output.write_text("out")
    assert seal_of(output).is_file() and damage(output) == []


def test_a_damaged_input_is_refused(task):
    seal(Path(task.input[0]))
    Path(task.input[0]).write_text("other")
    with pytest.raises(SystemExit, match="Damaged since it was written"), job(task):
        Path(task.output[0]).write_text("out")
    assert not Path(task.output[0]).exists()


def test_a_mistake_of_the_user_is_its_message_alone(tmp_path):
    log = tmp_path / "job.log"
    with pytest.raises(SystemExit, match="no such\nimage"), logged(str(log)):
        print("50 %")
        raise BenchError("no such\nimage")
    assert log.read_text() == "50 %\nFailed: no such\nimage\n"
    assert reason(log) == "no such image"


def test_a_mistake_of_ours_keeps_its_traceback(tmp_path):
    log = tmp_path / "job.log"
    with pytest.raises(ZeroDivisionError), logged(str(log)):
        1 / 0  # noqa: B018
    assert "Traceback" in log.read_text()
    assert reason(log) == "ZeroDivisionError: division by zero"


def test_a_log_without_a_reason(tmp_path):
    assert reason(tmp_path / "job.log") == NOT_STARTED
    (tmp_path / "job.log").write_text("50 %")
    assert reason(tmp_path / "job.log") == SILENT
