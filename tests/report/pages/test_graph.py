"""A drawn network: every edge of the graph is a line that can be followed through the rows."""

import itertools
import re

import pytest

from spikebench.ann.backbone import load_backbone_spec
from spikebench.ann.described_graph import described_graph
from spikebench.report.pages.graph import HEIGHT, graph_rows


def node(name: str, kind: str, *inputs: str) -> dict:
    return {"name": name, "kind": kind, "inputs": list(inputs), "role": "activation", "what": kind}


def ends(drawing: str) -> tuple[set[str], set[str]]:
    """Return the x at which lines enter a row at its top, and those at which they leave below."""
    paths = re.findall(r"M[^M]*", re.search(r' d="([^"]*)"', drawing)[1])
    entering = {m[1] for path in paths if (m := re.match(r"M(\d+) 0[VC]", path))}
    leaving = {m[1] for path in paths if (m := re.match(rf"M(\d+) \d+V{HEIGHT}$", path))}
    leaving |= {m[1] for path in paths if (m := re.search(rf"(\d+) {HEIGHT}$", path))}
    return entering, leaving


def test_a_layer_and_its_activation_share_a_row():
    rows = graph_rows(
        [node("image", "input"), node("a", "synapse", "image"), node("r", "site", "a")]
    )
    assert [(row.name, row.what) for row in rows] == [
        ("image", "input"),
        ("a", "synapse, then site"),
    ]
    assert 'class="weights"' in rows[1].drawing and 'class="neurons"' in rows[1].drawing


def test_a_layer_that_others_read_too_stands_alone():
    nodes = [
        node("image", "input"),
        node("a", "synapse", "image"),
        node("r", "site", "a"),
        node("add", "wiring", "r", "a"),
    ]
    assert [row.name for row in graph_rows(nodes)] == ["image", "a", "r", "add"]


def test_skips_that_overlap_have_lanes_of_their_own():
    nodes = [
        node("image", "input"),
        node("a", "wiring", "image"),
        node("b", "wiring", "a"),
        node("c", "wiring", "b", "image"),
        node("d", "wiring", "c", "a"),
    ]
    rows = graph_rows(nodes)
    assert len(ends(rows[1].drawing)[1]) == 3  # two skips and the main path leave the second row
    assert len(ends(rows[4].drawing)[0]) == 2


@pytest.mark.parametrize("name", ["unet_tiny_s25", "carn_m_x2", "prn_rain100l"])
def test_what_leaves_a_row_enters_the_next(name):
    rows = graph_rows(described_graph(load_backbone_spec(name)))
    for above, below in itertools.pairwise(rows):
        assert ends(above.drawing)[1] == ends(below.drawing)[0]
    assert ends(rows[0].drawing)[0] == ends(rows[-1].drawing)[1] == set()


def test_the_drawing_is_the_same_every_time():
    nodes = described_graph(load_backbone_spec("carn_m_x2"))
    assert graph_rows(nodes) == graph_rows(nodes)
