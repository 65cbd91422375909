"""Tables as CSV."""

import csv
import io

import pandas as pd

from spikebench.report.tables.as_csv import as_csv, frame_as_csv
from tests.report.tables.conftest import HOSTILE

HEAD = {
    "table_id": "0123456789ab",
    "version": "0.1.0",
    "date": "2026-01-02",
    "commit": "c0ffee+dirty",
}


def test_every_row_carries_the_stamp_and_every_text_returns(hostile, stamp):
    rows = list(csv.DictReader(io.StringIO(as_csv([hostile], stamp))))
    assert [row["name"].removeprefix("'") for row in rows] == HOSTILE
    assert all(row.items() >= (HEAD | {"protocol": "grey_float"}).items() for row in rows)


def test_no_cell_is_a_formula(hostile, stamp):
    frame = pd.DataFrame({"name": HOSTILE, "gap": [-1.5] * len(HOSTILE)})
    for text in (as_csv([hostile], stamp), frame_as_csv(frame, stamp)):
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert {cell for cell in cells if cell.startswith(("=", "+", "-", "@"))} <= {"-1.5"}


def test_numbers_keep_every_digit(hostile, odd, stamp):
    frame = pd.read_csv(io.StringIO(frame_as_csv(pd.DataFrame({"x": [0.1 + 0.2]}), stamp)))
    assert frame["x"].tolist() == [0.1 + 0.2]
    cells = [row["psnr_db"] for row in csv.DictReader(io.StringIO(as_csv([odd], stamp)))]
    assert cells == ["inf", "", "", "-0.001"]


def test_boards_share_a_file_and_say_which_is_which(hostile, odd, stamp):
    rows = list(csv.DictReader(io.StringIO(as_csv([hostile, odd], stamp))))
    assert [row["dataset"] for row in rows] == ["'=a"] * len(HOSTILE) + [""] * len(odd.lines)


def test_the_protocol_of_a_frame_stands_in_the_stamp(stamp):
    frame = pd.DataFrame({"psnr": [1.0, 2.0], "protocol": ["grey", "y"]})
    first, *rows = csv.reader(io.StringIO(frame_as_csv(frame, stamp)))
    assert first == [*HEAD, "protocol", "psnr"]
    assert [row[4] for row in rows] == ["grey", "y"]
