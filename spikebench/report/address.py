"""Addresses of views of the leaderboard: what stands behind the # of index.html.

assets/index/2_address.js reads them; what is not named keeps its default.
"""

import math
from urllib.parse import urlencode

from spikebench.analysis.selection import Selection
from spikebench.report.boards.board import Board


def view(board: Board, selection: Selection, model: str = "") -> str:
    """Return the address of a board's rows under a selection, such as #set=set12&net=dncnn&x=50.

    `model` is the energy model, where it is not the one that ranks.
    """
    chosen = {"model": model} if model else {}
    shown = {"set": board.dataset, "net": board.backbone} | state(selection)
    return "#" + urlencode(shown | chosen)


def worst_of_all(selection: Selection) -> str:
    """Return the address of all boards under a selection, their worst rows first."""
    return "#" + urlencode({"set": "", "net": "", "sort": "-gap"} | state(selection))


def state(selection: Selection) -> dict[str, str]:
    """Return the controls of the page that ask for a selection, with their values."""
    if selection.timesteps is not None:
        return {"view": "fixed", "t": str(selection.timesteps)}
    if selection.budget is None:
        return {"view": "all"}
    return {
        "view": "best",
        "x": f"{100 * selection.budget:g}" if math.isfinite(selection.budget) else "",
    }
