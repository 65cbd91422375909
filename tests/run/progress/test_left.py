"""The time left by closed form: b of the nearest measured jobs, shared by what ran at once."""

import pytest

from spikebench.run.progress.left import Job, at_once, seconds_left


def done(seconds: float, ended: float, row: str = "if", work: float = 1.0, **changes) -> Job:
    given = {"kind": "evaluate", "backbone": "dncnn"} | changes
    return Job(**given, row=row, work=work, done=True, seconds=seconds, ended=ended)


def left(
    row: str = "if", work: float = 1.0, kind: str = "evaluate", backbone: str = "dncnn"
) -> Job:
    return Job(kind, backbone, row, work, done=False)


def test_a_row_takes_what_it_took_elsewhere_by_its_work():
    """b = 30 s / 3 = 10 s of work one; then 5 x 10 s, one job after the other."""
    jobs = [done(10, 10, work=1), done(20, 30, work=2), left(work=5)]
    assert seconds_left(jobs) == (50, 0)


def test_a_new_row_takes_what_the_other_rows_of_its_network_took():
    """b = (10 + 60) / (1 + 2) = 70 / 3, and not the 1 s of another network."""
    jobs = [
        done(10, 10, row="if"),
        done(60, 70, row="burst", work=2),
        done(1, 71, backbone="unet"),
        left("srp", work=3),
    ]
    assert seconds_left(jobs) == (pytest.approx(70), 0)


def test_a_new_network_takes_what_all_others_took():
    jobs = [done(10, 10), done(30, 40, work=3), left(backbone="unet", work=2)]
    assert seconds_left(jobs) == (pytest.approx(20), 0)


def test_the_rest_is_shared_by_as_many_as_ran_at_once():
    """Three jobs of 10 s in 15 s, in which something ran for all of the time: two at once."""
    jobs = [done(10, 10), done(10, 15), done(10, 15), *[left()] * 6]
    assert at_once(jobs) == 2
    assert seconds_left(jobs) == (30, 0)


def test_a_pause_between_two_sessions_counts_for_nothing():
    jobs = [done(10, 10), done(10, 10), done(10, 9010), done(10, 9010)]
    assert at_once(jobs) == 2


def test_the_longest_job_is_not_split():
    jobs = [done(10, 10), done(10, 10), left(work=9), left(work=1)]
    assert seconds_left(jobs) == (90, 0)


def test_each_kind_of_job_is_a_measure_of_its_own():
    jobs = [done(10, 10), done(2, 12, kind="convert"), left(), left(kind="convert")]
    assert seconds_left(jobs) == (12, 0)
    assert seconds_left([*jobs, left(kind="finetune")]) == (12, 1)


def test_nothing_is_known_before_anything_was_measured():
    assert seconds_left([left(), left()]) == (None, 2)


def test_a_finished_run_takes_no_time():
    assert seconds_left([done(10, 10)]) == (0, 0)
    assert seconds_left([]) == (0, 0)
