"""compare.html: what is said of two rows, against NumPy and SciPy; and the page in a browser."""

import base64
import json
import re
import zlib
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect
from scipy.interpolate import PchipInterpolator
from scipy.stats import ttest_1samp, ttest_rel

from spikebench.analysis.statistics import bd_psnr, bootstrap_interval, curve
from spikebench.report import links
from spikebench.report.pages.pairs import APART, EQUAL, UNTOLD
from spikebench.report.pages.versus import compare_page, versus
from tests.report.pages.conftest import HOSTILE

FIRST, SECOND = "45nm_fp32_cached", "lemaire_int32"  # the model that ranks, and one that picks anew


@pytest.fixture(scope="module")
def board(results, shown):
    return versus(shown[0], results)


@pytest.fixture(scope="module")
def uneven(shown):
    """A board whose rows differ by another amount on each image."""
    random = np.random.default_rng(3)
    rows = [
        replace(
            row, per_image=(noisy := row.per_image + random.normal(0, 0.4, 6)), psnr=noisy.mean()
        )
        for row in shown[0].rows
    ]
    return replace(shown[0], rows=rows)


def of(results, method: str, time: int) -> np.ndarray:
    images = results.images
    mine = images[(images["backbone"] == "denoiser") & (images["method"] == method)]
    return mine[mine["timesteps"] == time].sort_values("image")["psnr"].to_numpy()


def prices(results, model: str, method: str) -> dict[int, float]:
    """Return a method's energies by T, from the table of prices."""
    table = results.prices
    mine = table[(table["backbone"] == "denoiser") & (table["energy_model"] == model)]
    mine = mine[mine["method"] == method]
    return dict(zip(mine["timesteps"], mine["ratio"], strict=True))


def standing(board, model: str) -> list[tuple[str, int]]:
    rows = (board["rows"][place] for place in board["models"][model]["rows"])
    return [(row["method"], row["T"]) for row in rows]


def test_methods_stand_at_their_best_t_with_the_psnr_of_each_image(board, results):
    assert standing(board, FIRST) == [("greedy", 8), ("greedy_plain", 8), ("steady", 8)]
    assert board["images"] == [f"photo{place}" for place in range(6)]
    row = board["rows"][board["models"][FIRST]["rows"][2]]
    assert row["name"] == "Steady"
    assert row["values"] == pytest.approx(of(results, "steady", 8))


def test_another_model_picks_the_t_that_its_own_energies_allow(board, results):
    """Here PSNR rises with T: the best T is the last one that costs no more than the ANN."""
    best = {
        method: max(time for time, ratio in prices(results, SECOND, method).items() if ratio <= 1)
        for method in ("greedy", "greedy_plain", "steady")
    }
    assert dict(standing(board, SECOND)) == best != dict(standing(board, FIRST))
    energies = [prices(results, SECOND, name)[best[name]] for name, _ in standing(board, SECOND)]
    assert board["models"][SECOND]["energies"] == [f"{energy:.3f}" for energy in energies]


def test_rows_that_stand_under_several_models_are_kept_once(board, results):
    kept = [(row["method"], row["T"]) for row in board["rows"]]
    wanted = {row for model in results.models for row in standing(board, model)}
    assert len(kept) == len(set(kept)) and set(kept) == wanted


def told_by_scipy(one: np.ndarray, other: np.ndarray) -> int:
    """Return what t-tests say of two rows, by SciPy."""
    if (one == other).all():
        return EQUAL
    tails = ((one - other + 0.05, "greater"), (one - other - 0.05, "less"))
    if max(ttest_1samp(values, 0, alternative=tail).pvalue for values, tail in tails) < 0.05:
        return EQUAL
    return APART if ttest_rel(one, other).pvalue < 0.05 else UNTOLD


def test_a_difference_is_paired_over_the_images(uneven, results):
    found, met = versus(uneven, results), set()
    rows = {(row.method, row.timesteps): row.per_image for row in uneven.rows}
    for model in results.models:
        values = [rows[each] for each in standing(found, model)]
        for place, (one, line) in enumerate(
            zip(values, found["models"][model]["difference"], strict=True)
        ):
            assert len(line) == place + 1
            for other, (mean, *ends, told) in zip(values, line, strict=False):
                expected = 100 * np.array(bootstrap_interval(one - other, "photos"))
                assert mean == pytest.approx(100 * (one - other).mean(), abs=0.51)
                assert ends == pytest.approx(expected, abs=0.51)
                assert told == told_by_scipy(one, other)
                met.add(told)
            assert line[place] == [0, 0, 0, EQUAL]
    assert met == {EQUAL, APART, UNTOLD}


@pytest.mark.parametrize("model", [FIRST, SECOND])
def test_at_equal_energy_the_other_row_lies_between_its_t(board, results, model):
    """Of the made-up methods every T lies on its own front, so that all of them count."""
    methods, met = standing(board, model), 0
    for place, (one, time) in enumerate(methods):
        wanted = prices(results, model, one)[time]
        for at, (other, _) in enumerate(methods):
            theirs = prices(results, model, other)
            energies, said = sorted(theirs.values()), board["models"][model]["equal"][place][at]
            if not energies[0] <= wanted <= energies[-1]:
                assert said is None
                continue
            means = [of(results, other, each).mean() for each in sorted(theirs)]
            expected = of(results, one, time).mean() - np.interp(
                np.log(wanted), np.log(energies), means
            )
            assert said[0] == pytest.approx(100 * expected, abs=0.51)
            met += place != at
    assert met >= 2


def test_the_span_is_what_another_row_can_be_compared_over(board, results):
    for (method, _), (low, high) in zip(
        standing(board, SECOND), board["models"][SECOND]["spans"], strict=True
    ):
        energies = prices(results, SECOND, method).values()
        assert (low, high) == (f"{min(energies):.3f}", f"{max(energies):.3f}")


@pytest.mark.parametrize("model", [FIRST, SECOND])
def test_the_delta_is_over_the_range_of_the_pair(board, results, model):
    places = {method: place for place, (method, _) in enumerate(standing(board, model))}
    last, first = sorted((places["greedy"], places["greedy_plain"]), reverse=True)
    value, low, high, percent = board["models"][model]["bd"][last][first]
    lines, ends = [], []
    for name in (standing(board, model)[place][0] for place in (last, first)):
        energies = prices(results, model, name)
        means = [of(results, name, time).mean() for time in sorted(energies)]
        ends.append(np.log10([min(energies.values()), max(energies.values())]))
        lines.append(PchipInterpolator(np.log10(sorted(energies.values())), means))
    (least, most), (least_of_all, most_of_all) = (
        (max(e[0] for e in ends), min(e[1] for e in ends)),
        (min(e[0] for e in ends), max(e[1] for e in ends)),
    )
    areas = [line.integrate(least, most) for line in lines]
    assert value == pytest.approx(100 * (areas[0] - areas[1]) / (most - least), abs=0.51)
    assert (low, high) == pytest.approx((1000 * 10**least, 1000 * 10**most), abs=0.51)
    assert percent == int(100 * (most - least) / (most_of_all - least_of_all))


def test_why_there_is_no_delta_is_said_both_ways(board, shown, results):
    def points(method: str):
        rows = [row for row in shown[0].competitors if row.method == method]
        return curve(np.array([r.energy for r in rows]), np.array([r.psnr for r in rows]))

    share = 100 * bd_psnr(points("steady"), points("greedy")).share
    assert board["models"][FIRST]["bd"][2][0] == [f"only {share:.0f} % in common"] * 2
    few = replace(
        shown[0],
        rows=[row for row in shown[0].rows if row.method != "steady" or row.timesteps in (4, 8)],
    )
    said = versus(few, results)["models"][FIRST]["bd"][2][0]
    assert said == ["curve has 2 of 3 points", "reference has 2 of 3 points"]


def unpriced(board, model: str, *methods: str):
    """Return the board as it is where a model has no price for some methods."""

    def price(row):
        unknown = replace(row.prices[model], ratio=float("nan"))
        return replace(row, prices=row.prices | {model: unknown})

    rows = [price(row) if row.method in methods else row for row in board.rows]
    return replace(board, rows=rows)


def test_a_row_without_a_price_is_left_out_under_that_model_alone(board, shown, results):
    found = versus(unpriced(shown[0], SECOND, "steady"), results)
    assert [method for method, _ in standing(found, SECOND)] == ["greedy", "greedy_plain"]
    assert found["models"][SECOND]["left"] == ["Steady"]
    assert found["models"][FIRST] == board["models"][FIRST] and board["models"][FIRST]["left"] == []
    assert len(found["models"][SECOND]["equal"]) == len(found["models"][SECOND]["bd"]) == 2


def opened_numbers(text: str):
    return json.loads(zlib.decompress(base64.b64decode(text)))


def test_the_page_holds_the_numbers_of_every_model(results, shown):
    html = compare_page(results, shown)
    kept = json.loads(re.search(r'id="boards">(.*?)</script>', html, re.DOTALL)[1])
    assert [each["key"] for each in kept] == [each.key for each in shown]
    for each, board in zip(kept, shown, strict=True):
        expected = versus(board, results)
        each["rows"] = opened_numbers(each["rows"])
        each["models"] = {name: opened_numbers(text) for name, text in each["models"].items()}
        assert each == json.loads(json.dumps(expected))
        assert list(each["models"]) == results.models


@pytest.fixture
def page(opened):
    page = opened(links.COMPARE)
    page.locator("#scatter circle").first.wait_for()
    return page


def in_db(hundredths: int) -> str:
    sign = "\N{MINUS SIGN}" if hundredths < 0 else "+" if hundredths else ""
    return f"{sign}{abs(hundredths) / 100:.2f}"


def interval(mean: int, low: int, high: int) -> str:
    return f"{in_db(mean)} dB [{in_db(low)}, {in_db(high)}]"


def says(page, **texts: str) -> None:
    for place, text in texts.items():
        expect(page.locator(f"#{place}")).to_have_text(text)


def test_two_rows_are_chosen_shown_and_linked(page, opened, board):
    assert page.locator("#scatter circle").count() == 6
    page.select_option("#one", "steady")
    page.select_option("#other", "greedy")
    expect(page.locator("#rows")).to_contain_text(HOSTILE)
    says(
        page,
        difference="\N{MINUS SIGN}0.75 dB [\N{MINUS SIGN}0.75, \N{MINUS SIGN}0.75], told apart",
        equal=interval(*board["models"][FIRST]["equal"][2][0]),
        back=f"none: 0.939 lies outside the energies of {HOSTILE}, 0.039 to 0.313",
        bd="none: only 31 % in common",
    )
    assert page.locator("#images tr").count() == 6
    again = opened(page.url.rsplit("/", 1)[1])
    says(again, difference=page.text_content("#difference"))
    page.go_back()
    expect(page.locator("#other")).not_to_have_value("greedy")
    assert page.input_value("#one") == "steady"


def test_the_words_are_those_of_the_numbers_both_ways_round(page, board):
    """Greedy at T = 8 over Greedy, no extra, at T = 8, and the other way."""
    mean, low, high, percent = board["models"][FIRST]["bd"][1][0]
    over = f" dB over {low / 1000:.3f} to {high / 1000:.3f} of the ANN's energy, "
    over += f"{percent} % of what both cover"
    told = "told apart"
    says(page, difference=f"{interval(50, 50, 50)}, {told}", bd=in_db(-mean) + over)
    page.select_option("#one", "greedy_plain")
    page.select_option("#other", "greedy")
    says(page, difference=f"{interval(-50, -50, -50)}, {told}", bd=in_db(mean) + over)
    page.select_option("#other", "greedy_plain")
    says(page, difference="0.00 dB [0.00, 0.00], shown to be equal", bd="none: the same row")


def cells(page) -> list[list[str]]:
    lines = page.locator("#rows tr").all()
    return [line.locator("td").all_text_contents() for line in lines]


def test_another_model_changes_t_energies_and_what_is_said(page, opened, board):
    page.select_option("#one", "steady")
    page.select_option("#other", "greedy")
    assert [(line[0], line[3]) for line in cells(page)] == [("8", "0.313"), ("8", "0.939")]
    page.select_option("#model", SECOND)
    expect(page.locator("#rows td").first).to_have_text("2")
    assert [(line[0], line[3]) for line in cells(page)] == [("2", "0.525"), ("1", "0.788")]
    known = board["models"][SECOND]
    says(
        page,
        difference=f"{interval(-200, -200, -200)}, told apart",
        equal="none: 0.525 lies outside the energies of Greedy, 0.788 to 6.301",
        back=interval(*known["equal"][0][1]),
    )
    assert page.get_attribute("#table", "href").endswith(f"&model={SECOND}")
    again = opened(page.url.rsplit("/", 1)[1])
    says(again, back=page.text_content("#back"))
    assert [again.input_value(f"#{name}") for name in ("model", "one", "other")] == [
        SECOND,
        "steady",
        "greedy",
    ]
    page.go_back()
    expect(page.locator("#rows td").first).to_have_text("8")
    assert page.get_attribute("#table", "href").endswith("&net=denoiser")


def test_an_unknown_model_in_the_address_shows_the_first(opened):
    page = opened(f"{links.COMPARE}#model=nonsense&one=steady")
    expect(page.locator("#rows td").first).to_have_text("8")
    assert page.input_value("#model") == FIRST


@pytest.fixture
def shows(browser, results, shown, tmp_path):
    """Open the page of the first board alone, changed, at a view."""
    contexts = []

    def call(board, view: str, **settings):
        contexts.append(browser.new_context(**settings))
        (tmp_path / "page.html").write_text(compare_page(results, [board]), encoding="utf-8")
        page = contexts[-1].new_page()
        page.goto((tmp_path / "page.html").as_uri() + view)
        return page

    yield call
    for context in contexts:
        context.close()


def test_a_row_without_a_price_is_named_and_stays_asked_for(shows, shown):
    view = f"#model={SECOND}&one=steady&other=greedy"
    page = shows(unpriced(shown[0], SECOND, "steady"), view)
    says(page, left="Left out, since this model does not price them: Steady.")
    assert page.locator("#one option").all_text_contents() == [
        "Greedy, T = 1",
        "Greedy, no extra, T = 1",
    ]
    assert [page.input_value(f"#{name}") for name in ("one", "other")] == ["greedy_plain", "greedy"]
    page.select_option("#model", FIRST)
    says(page, left="")
    assert page.input_value("#one") == "steady"


def test_a_model_that_prices_fewer_than_two_rows_compares_none(shows, shown):
    board = unpriced(shown[0], SECOND, "steady", "greedy")
    page = shows(board, f"#model={SECOND}")
    expect(page.locator("#left")).to_contain_text("This model prices fewer than two rows here.")
    assert page.locator("#pair").is_hidden()
    page.select_option("#model", FIRST)
    expect(page.locator("#pair")).to_be_visible()


def test_without_a_script_the_page_says_what_it_needs(shows, shown):
    page = shows(shown[0], f"#model={SECOND}", java_script_enabled=False)
    assert "This page needs JavaScript" in page.inner_text("main")
    assert page.locator(".script-only:visible").count() == 0


def test_the_same_crop_is_zoomed_at_one_place_in_all_pictures(page):
    page.locator("#error-one:not(:empty)").wait_for()
    assert "mean" in page.inner_text("#error-other")
    page.locator("#zoom").fill("4")
    pane = page.locator(".pane").first.bounding_box()
    page.mouse.move(pane["x"] + pane["width"] / 4, pane["y"] + pane["height"] / 2)
    shown = page.locator(".pane > *").evaluate_all(
        "nodes => nodes.map((node) => getComputedStyle(node).transform)"
    )
    assert set(shown) == {"matrix(4, 0, 0, 4, 0, 0)"}
    assert page.locator("#panes").evaluate("node => node.style.getPropertyValue('--x')") == "25%"
