"""Checks of what a method says about itself."""

import inspect
import sys
from typing import get_args

from spikebench import snn
from spikebench.conformance.subject import Subject
from spikebench.conformance.verdict import Objection
from spikebench.io.bibliography import FILE, read_bibliography
from spikebench.io.yaml import suggestion
from spikebench.snn.method import Family, Method
from spikebench.snn.model.component import Component

NOTHING_TO_CITE = "none"


def metadata(subject: Subject) -> str:
    """Title, citation and family are there, and the file begins with what it is."""
    method = subject.method
    for name in ("title", "citation"):
        value = getattr(method, name)
        if not (isinstance(value, str) and value.strip()):
            raise Objection(f"`{name}` is {value!r}; expected a text that is not empty.")
    if method.family not in get_args(Family):
        known = ", ".join(repr(family) for family in get_args(Family))
        raise Objection(f"`family` is {method.family!r}; expected one of {known}.")
    if not isinstance(method.anytime, bool):
        raise Objection(f"`anytime` is {method.anytime!r}; expected True or False.")
    if not method.documentation.split("\n\n")[0].endswith("."):
        raise Objection(
            "the file does not begin with a docstring whose first paragraph is a sentence. Say "
            "there what the method does and where it comes from; the page shows it."
        )
    _check_names(method)
    return f"{method.title} ({method.family})"


def citation(subject: Subject) -> str:
    """The citation is a key of docs/references.bib, or says that there is nothing to cite."""
    cited = subject.method.citation
    if cited == NOTHING_TO_CITE:
        return "nothing to cite"
    keys = [entry.key for entry in read_bibliography()]
    if cited not in keys:
        raise Objection(
            f"'{cited}' is no key of {FILE}.{suggestion(str(cited), keys)} Add the entry there, or "
            f'write citation = "{NOTHING_TO_CITE}" where nothing is published.'
        )
    return cited


def _check_names(method: Method) -> None:
    """Neurons are found by class name when a network is loaded: none may hide one of ours."""
    module = sys.modules[type(method).__module__]
    for name, value in vars(module).items():
        own = inspect.isclass(value) and value.__module__ == module.__name__
        if own and issubclass(value, Component) and hasattr(snn, name):
            raise Objection(
                f"class {name} has the name of one in spikebench.snn, and saved networks would mix "
                "them up. Give it another name."
            )
