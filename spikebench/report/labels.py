"""Names beside the ends of lines, moved apart so that each can be read."""


def spread(heights: list[float], gap: float, limit: float) -> list[float]:
    """Return rising positions at least `gap` apart, near the rising `heights`, below `limit`.

    Each is first pushed down by the one above it; the block that runs over the limit is then
    pushed up. Units are pixels. Where there is no room for all, the first ones leave at the top.
    """
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - gap
    return placed
