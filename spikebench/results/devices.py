"""What a page says of the devices that simulated its rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

UNNAMED = "cpu"  # of rows from before processors were named


def is_processor(device: str) -> bool:
    """Tell whether a value of the column `device` is that of a processor, named or not."""
    return device.split(":")[0] == UNNAMED


def mixed_devices(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a remark for each set of devices whose rows are ranked together.

    `rows` have `dataset`, `backbone` and `device`. A processor that is not named is no other one
    than those that are.
    """
    of_board = defaultdict(set)
    for row in rows:
        of_board[f"{row['dataset']} with {row['backbone']}"].add(row["device"])
    boards = defaultdict(list)
    for board, devices in sorted(of_board.items()):
        named = any(is_processor(device) and device != UNNAMED for device in devices)
        boards[tuple(sorted(devices - {UNNAMED} if named else devices))].append(board)
    return [_remark(devices, on) for devices, on in boards.items() if len(devices) > 1]


def _remark(devices: Iterable[str], boards: Iterable[str]) -> str:
    return (
        f"Rows of several devices are ranked together on {', '.join(boards)}: "
        f"{'; '.join(devices)}. A spike that sits on a threshold may be sent on one and not on "
        "another (docs/gpu.md)."
    )
