"""BibTeX in words."""

import pytest

from spikebench.io.bibliography import FILE, read_bibliography
from spikebench.report.pages.citation import Work, in_words, plain

ENTRY = r"""@article{a2017,
  author  = {Rueckauer, Bodo and Husz{\'a}r, Ferenc and
             M{\"u}ller, K.},
  title   = {On {SNN}s \& 5 \% More},
  journal = {A Journal},
  year    = {2017},
  volume  = {11},
  number  = {2},
  pages   = {3--9},
  doi     = {10.1/a_b},
}"""


def test_an_entry_in_words():
    assert in_words(ENTRY) == Work(
        authors="Bodo Rueckauer, Ferenc Huszár and K. Müller",
        title="On SNNs & 5 % More",
        venue="A Journal 11(2), 3\N{EN DASH}9, 2017",
        doi="10.1/a_b",
    )


def test_nothing_is_cited():
    assert in_words("") is None


def test_of_many_authors_the_first_is_named():
    names = " and ".join(f"Author{n}, A." for n in range(9))
    work = in_words(ENTRY.replace("Rueckauer, Bodo", names))
    assert work.authors == "A. Author0 et al."


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"Fran{\c{c}}ois", "François"),
        (r"Beno{\^i}t", "Benoît"),
        (r"Lo{\"i}c", "Loïc"),
        (r"Sch{\"o}nberger", "Schönberger"),
        (r"Stanis{\l}aw", "Stanisław"),
        (r"S\o ren Stra{\ss}e", "Søren Straße"),
    ],
)
def test_accents_and_letters(tex, words):
    assert plain(tex) == words


@pytest.mark.parametrize("entry", read_bibliography(FILE), ids=lambda entry: entry.key)
def test_no_tex_is_left_in_any_entry(entry):
    work = in_words(entry.text)
    for text in (work.authors, work.title, work.venue):
        assert text and not set(text) & set("{}\\~$")
    assert work.venue.endswith(entry.fields["year"])
