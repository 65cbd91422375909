"""Tables to write: an ordinary one, one whose texts would be commands elsewhere, an odd one."""

import pytest

from spikebench.report.tables.stamp import Stamp
from spikebench.report.tables.table import Column, Line, Table

HOSTILE = [
    "<script>alert(1)</script>",
    '"quoted", and\na new line',
    "100 % of a_b & c#d$e^f~g{h}i\\j",
    "a | b * c ` d [e](http://x) -->",
    "=HYPERLINK(1)",
    "-2+3",
    "@SUM(A1)",
    "+1",
    "中 é ≤ −",  # noqa: RUF001
]


@pytest.fixture
def stamp() -> Stamp:
    return Stamp("0123456789ab", "0.1.0", "made_up", "2026-01-02T03:04:05+00:00", "c0ffee+dirty")


@pytest.fixture
def hostile() -> Table:
    columns = [Column("name", "Name_%"), Column("psnr_db", "PSNR", "dB", "higher", 2)]
    lines = [Line([text, float(place)]) for place, text in enumerate(HOSTILE)]
    return Table("Set & <net>", columns, lines, "50 % of a_b.", "grey_float", {"dataset": "=a"})


@pytest.fixture
def odd() -> Table:
    """One row competes; PSNR is infinite, missing, and less than its rounding."""
    columns = [Column("name", "Name"), Column("psnr_db", "PSNR", "dB", "higher", 2, sign=True)]
    values = [("equal", float("inf")), ("none", None), ("nan", float("nan")), ("tiny", -0.001)]
    return Table("Odd", columns, [Line(list(pair), pair[0] == "tiny") for pair in values])
