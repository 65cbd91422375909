"""Addresses of views of the leaderboard: what stands behind the # of index.html.

assets/index/3_address.js reads them; what is not named keeps its default.
"""

import math
from urllib.parse import urlencode

from spikebench.analysis.rules import Rule
from spikebench.report.boards.board import Board


def view(board: Board, rule: Rule) -> str:
    """Return the address of a board's rows under a rule, such as #set=set12&net=dncnn&x=50."""
    return "#" + urlencode({"set": board.dataset, "net": board.backbone} | _of(rule))


def _of(rule: Rule) -> dict[str, str]:
    if rule.timesteps is not None:
        return {"view": "fixed", "t": str(rule.timesteps)}
    if rule.budget is None:
        return {"view": "all"}
    return {"view": "best", "x": f"{100 * rule.budget:g}" if math.isfinite(rule.budget) else ""}
