"""How texts are written in copies, where a format writes them otherwise."""

import pytest

from spikebench.report.leaderboard.forms import Forms

MINUS, DASH = "\N{MINUS SIGN}", "\N{EN DASH}"


def of_number(text: str) -> dict[str, str]:
    forms = Forms()
    assert forms.add_number(text) == text
    return forms.data()["number"].get(text, {})


@pytest.mark.parametrize(
    ("text", "in_csv"),
    [
        (f"{MINUS}0.50", "-0.50"),
        ("+0.50", "0.50"),
        (DASH, ""),
        (f"{MINUS}\N{INFINITY}", "-inf"),
        (f"[{MINUS}1.00, +0.25]", "-1.00,0.25"),
    ],
)
def test_a_number_in_csv_is_one_that_programs_read(text, in_csv):
    assert of_number(text)["csv"] == in_csv


def test_a_number_in_latex_has_a_true_minus_and_no_option_in_brackets():
    assert of_number(f"{MINUS}0.50")["latex"] == "$-$0.50"
    assert of_number("[1.00, 2.00]")["latex"] == "{[}1.00, 2.00{]}"


def test_what_every_format_writes_alike_is_not_kept():
    assert of_number("28.25") == {}
    assert of_number("8 (+1)") == {}


def test_a_text_is_quoted_escaped_and_no_formula():
    forms = Forms()
    forms.add('=a, "b" & c--d')
    (found,) = forms.data()["text"].values()
    assert found["csv"] == '"\'=a, ""b"" & c--d"'
    assert found["markdown"] == '=a, "b" \\& c--d'
    assert found["latex"] == r'=a, "b" \& c--d'
    assert found["comment"] == '=a, "b" & c- -d'
