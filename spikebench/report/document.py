"""A page of the site: one file that loads nothing and runs only the scripts written into it."""

import base64
import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from spikebench.io.atomic import atomic_path
from spikebench.report import links, text

HERE = Path(__file__).parent
BASE_STYLES = ("page.css", "site.css")


def document(
    template: str,
    page: str,
    *,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    folders: Sequence[Path] = (),
    **context: Any,
) -> str:
    """Return the HTML of the page at address `page`, from a template that extends base.html.j2.

    `styles` are files in assets/ that follow those of the whole site, `scripts` the texts of the
    scripts, each of which the page's policy names by its hash. `folders` hold further templates.
    The template finds `page`, `navigation` and `link(address)`, which returns a relative link.
    """
    environment = environment_of(folders)
    return environment.get_template(template).render(
        page=page,
        navigation=links.NAVIGATION,
        link=partial(links.relative, page=page),
        style=Markup("\n".join(asset(name) for name in (*BASE_STYLES, *styles))),
        scripts=[Markup(script) for script in scripts],
        policy=policy(scripts),
        **context,
    )


def write(html: str, site: Path, page: str) -> None:
    """Write a page at its address inside the folder of the site, atomically."""
    with atomic_path(site / page) as temporary:
        temporary.write_text(html, encoding="utf-8")


def policy(scripts: Sequence[str]) -> Markup:
    """Return the content security policy of a page that runs exactly these scripts."""
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in scripts) or "'none'"
    return Markup(
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src {hashes}; base-uri 'none'; form-action 'none'"
    )


def asset(name: str) -> str:
    """Return the text of a file in assets/."""
    return (HERE / "assets" / name).read_text(encoding="utf-8")


def environment_of(folders: Sequence[Path] = ()) -> Environment:
    """Return how pages are rendered: templates, number formats, an error for what is undefined."""
    found = Environment(
        loader=FileSystemLoader([HERE / "templates", *folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "number": text.number,
        "db": text.db,
        "percent": text.percent,
        "p_value": text.p_value,
        "sentence": text.sentence,
        "inline": text.inline,
    }
    found.globals |= {"plural": text.plural}
    return found


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
