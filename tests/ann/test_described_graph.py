"""A backbone's graph as plain data names what the compiled network has, in its order."""

import json

import pytest

from spikebench.ann.backbone import build, load_backbone_spec
from spikebench.ann.described_graph import described_graph
from spikebench.run import catalogue
from spikebench.snn.graph.compile import compile_graph


def test_a_small_network_with_a_skip():
    nodes = described_graph(load_backbone_spec("dncnn_tiny_s25"))
    assert nodes[0] == {
        "name": "image",
        "kind": "input",
        "inputs": [],
        "role": "activation",
        "what": "input",
    }
    assert [node["what"] for node in nodes[1:4]] == [
        "Conv2d 3x3, 1 → 48",
        "ReLU",
        "Conv2d 3x3, 48 → 48",
    ]
    assert nodes[-1]["inputs"] == ["image", "model_14"]
    assert nodes[-1]["what"] == "sub"


@pytest.mark.parametrize("name", ["carn_m_x2", "unet_tiny_rain", "ffdnet_rgb_s25"])
def test_nodes_are_the_compiled_ones_without_constants_and_inputs_come_first(name):
    spec = load_backbone_spec(name)
    nodes = described_graph(spec)
    graph = compile_graph(build(spec).eval())
    assert [n["name"] for n in nodes if n["kind"] == "site"] == [site.name for site in graph.sites]
    seen = set()
    for node in nodes:
        assert set(node["inputs"]) <= seen
        seen.add(node["name"])
    assert nodes[-1]["name"] == graph.output
    assert json.loads(json.dumps(nodes)) == nodes


def test_what_is_unusual_about_a_layer_is_said():
    nodes = described_graph(load_backbone_spec("carn_m_x2"))
    assert any(node["what"] == "Conv2d 3x3, 64 → 64, 4 groups" for node in nodes)
    assert any(node["what"] == "relay" and node["role"] == "relay" for node in nodes)


@pytest.mark.parametrize("name", catalogue.backbone_names())
def test_every_node_of_every_backbone_is_something(name):
    assert all(node["what"] for node in described_graph(load_backbone_spec(name)))
