"""What a table shows, and which entries it marks."""

from spikebench.report.tables.table import Column, Line, Table, marks

UP = Column("up", "PSNR", "dB", "higher", 1)
DOWN = Column("down", "Energy", "ANN = 1", "lower", 1)


def table(*pairs: tuple, competes: tuple[bool, ...] = ()) -> Table:
    flags = competes or [True] * len(pairs)
    lines = [Line(list(pair), flag) for pair, flag in zip(pairs, flags, strict=True)]
    return Table("T", [UP, DOWN], lines)


def test_a_heading_says_unit_and_direction():
    assert [UP.heading, DOWN.heading] == ["PSNR (dB) ↑", "Energy (ANN = 1) ↓"]
    assert Column("method", "Method").heading == "Method"


def test_best_and_second_follow_the_direction():
    assert marks(table((3.0, 3.0), (1.0, 1.0), (2.0, 2.0))) == {
        "up": ("3.0", "2.0"),
        "down": ("1.0", "2.0"),
    }


def test_what_looks_equal_is_marked_alike():
    shown = table((2.04, 0.0), (1.96, 0.0), (1.0, 0.0))
    assert [line[0].mark for line in shown.entries()] == ["best", "best", "second"]
    assert "down" not in marks(shown)  # all equal


def test_a_reference_takes_no_part():
    shown = table((9.0, 9.0), (2.0, 1.0), (1.0, 2.0), competes=(False, True, True))
    assert [line[0].mark for line in shown.entries()] == ["", "best", "second"]
    assert marks(table((9.0, 9.0), (2.0, 1.0), competes=(False, True))) == {}


def test_infinite_is_best_and_missing_is_nothing(odd):
    texts = [line[1].text for line in odd.entries()]
    assert texts == ["∞", "–", "–", "0.00"]  # noqa: RUF001
    shown = table((float("inf"), 1.0), (2.0, None), (float("nan"), 2.0))
    assert [line[0].mark for line in shown.entries()] == ["best", "second", ""]


def test_bounds_are_shown_in_the_entry_of_their_interval():
    bounds = [Column(name, name, decimals=1, shown=False) for name in ("low", "high")]
    columns = [Column("gap", "Gap", "dB", "higher", 1, interval=True), *bounds]
    shown = Table("T", columns, [Line([1.0, 0.5, 1.5]), Line([None] * 3), Line([0.0, 0.0, 0.0])])
    entries = [line[0] for line in shown.entries()]
    assert [entry.text for entry in entries] == ["1.0 [0.5, 1.5]", "–", "0.0 [0.0, 0.0]"]  # noqa: RUF001
    assert [entry.mark for entry in entries] == ["best", "", "second"]
