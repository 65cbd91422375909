"""Write the pages beside index.html."""

from pathlib import Path

from spikebench.report import links
from spikebench.report.board import Board
from spikebench.report.document import write
from spikebench.report.pages.images import images_page
from spikebench.report.results import Results


def write_pages(results: Results, boards: list[Board], site: Path) -> None:
    """Write every page but index.html into the folder `site`, each atomically."""
    write(images_page(results, boards), site, links.IMAGES)
