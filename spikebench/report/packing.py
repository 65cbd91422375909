"""What a page's script reads as JSON, made small: as text it is large, and small when compressed.

assets/unpack.js opens it.
"""

import base64
import json
import zlib
from typing import Any


def packed(value: Any) -> str:
    """Return `value` as base64 of compressed JSON.

    Raises `ValueError` for a number that is not finite, which JSON does not have.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
