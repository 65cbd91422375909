"""What a page says of the devices that simulated its rows."""

from collections.abc import Iterable


def mixed_devices(devices: Iterable[str]) -> list[str]:
    """Return a remark where rows of several devices are ranked together, none where of one.

    `devices` are the values of the column `device`.
    """
    found = sorted(set(devices))
    if len(found) < 2:
        return []
    return [
        f"Rows of several devices are ranked together: {'; '.join(found)}. A spike that sits on a "
        "threshold may be sent on one and not on another (docs/gpu.md)."
    ]
