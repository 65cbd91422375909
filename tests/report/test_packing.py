"""What is packed can be opened again, is the same each time, and holds numbers alone."""

import base64
import json
import zlib

import pytest

from spikebench.report.packing import packed

VALUE = {"numbers": [1, -2, None], "text": "θ & <b>"}


def test_what_is_packed_can_be_opened():
    assert json.loads(zlib.decompress(base64.b64decode(packed(VALUE)))) == VALUE
    assert packed(VALUE) == packed(VALUE)


def test_what_repeats_takes_little_room():
    assert len(packed([[12, -3, 40]] * 1000)) < 200


def test_a_number_that_json_does_not_have_is_an_error():
    with pytest.raises(ValueError, match="not JSON compliant"):
        packed([float("nan")])
