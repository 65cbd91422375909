"""Where the pages of a run's site lie, and how one leads to another.

An address is a path inside the site, such as `methods/burst.html`. Links are relative, so that the
site can be moved, opened from a folder, or served from anywhere.
"""

import hashlib
import posixpath
import re
from urllib.parse import urlencode

INDEX = "index.html"
IMAGES = "images.html"
EXPLORE = "explore.html"
COMPARE = "compare.html"
METHODS = "methods/index.html"
BACKBONES = "backbones/index.html"

# From index.html, which lies in reports/<run>/, to what a checkout has beside it
DOCS, RESULTS = "../../docs", "../../results"
DOCUMENTS = (
    ("glossary.md", "glossary"),
    ("energy.md", "what is counted and priced"),
    ("statistics.md", "what the statistics mean"),
    ("protocols.md", "protocols"),
    ("columns.md", "every column"),
    ("citing.md", "how to cite"),
    ("spikingir.md", "SpikingIR as it is read here"),
)

# What every page leads to: (address, title)
NAVIGATION = (
    (INDEX, "Results"),
    (IMAGES, "Pictures"),
    (EXPLORE, "Explore"),
    (COMPARE, "Compare"),
    (METHODS, "Methods"),
    (BACKBONES, "Networks"),
)


def method_page(label: str) -> str:
    """Return the address of a method's page; `label` is its name in the configuration."""
    return f"methods/{file_name(label)}.html"


def backbone_page(name: str) -> str:
    """Return the address of a backbone's page."""
    return f"backbones/{file_name(name)}.html"


def file_name(name: str) -> str:
    """Return `name` where it is fit for a file and a link, else its letters and a hash of it.

    Fit are lower-case letters, digits and underscores: they look the same in an address and are
    told apart by every file system. `index` is taken by the list of all pages.
    """
    if re.fullmatch("[a-z0-9_]{1,100}", name) and name != "index":
        return name
    letters = re.sub("[^a-z0-9_]+", "-", name.lower()).strip("-")[:60]
    return f"{letters}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def relative(address: str, page: str) -> str:
    """Return the link that leads to `address` from the page at `page`."""
    path, *view = address.split("#", 1)
    return "#".join([posixpath.relpath(path, posixpath.dirname(page) or "."), *view])


def board_view(dataset: str, backbone: str, **state: str) -> str:
    """Return the address of the leaderboard of a data set and a backbone, in a certain state."""
    return view(INDEX, set=dataset, net=backbone, **state)


def view(page: str, **state: str) -> str:
    """Return the address of a page in a certain state, such as index.html#set=set12.dncnn."""
    return f"{page}#{urlencode(state)}" if state else page
