"""The methods printed in the documents are copied and used: they pass the check."""

import re
from pathlib import Path

import pytest

from spikebench.conformance import CHECKS, Verdict, check_method


@pytest.mark.parametrize("document", ["README.md", "methods/README.md"])
def test_a_printed_method_passes_the_check(document, tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", Path(document).read_text(), re.DOTALL)
    (method,) = [block for block in blocks if "(Method)" in block]
    file = tmp_path / "my_method.py"
    file.write_text(method)
    assert {result.verdict for result in check_method(file)} == {Verdict.OK}


def test_the_check_is_documented_line_by_line():
    table = Path("methods/README.md").read_text().split("## What the check asks for")[1]
    named = re.findall(r"^\| (\w[^|]*?) \|", table, re.MULTILINE)[1:]
    documented = [name for line in named for name in line.split(", ")]
    checks = list(dict.fromkeys(re.sub("^converts .*", "converts ...", name) for name in CHECKS))
    assert documented == checks
