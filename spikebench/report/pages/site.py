"""Write the pages beside index.html."""

from pathlib import Path

from spikebench.report import links
from spikebench.report.boards.board import Board
from spikebench.report.document import write
from spikebench.report.pages.explore import explore_page
from spikebench.report.pages.images import images_page
from spikebench.report.pages.methods import method_pages
from spikebench.report.pages.networks import network_pages
from spikebench.report.pages.versus import compare_page
from spikebench.report.results import Results
from spikebench.report.stale import keep_only


def write_pages(results: Results, boards: list[Board], site: Path) -> None:
    """Write every page but index.html into the folder `site`, each atomically.

    Pages of methods and networks that the run does not have are removed.
    """
    write(images_page(results, boards), site, links.IMAGES)
    write(explore_page(results, boards), site, links.EXPLORE)
    write(compare_page(results, boards), site, links.COMPARE)
    written = []
    for pages in (method_pages, network_pages):
        for address, html in pages(results, boards):
            write(html, site, address)
            written.append(site / address)
    keep_only(written, "*.html")
