"""images.html in a browser: any method and T, a divide for the keyboard, an honest error map."""

import base64
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from spikebench.report import links
from tests.report.pages.conftest import HOSTILE


@pytest.fixture
def page(opened):
    return opened(links.IMAGES)


def shown(page, side: str) -> bytes:
    """Return the crop on one side of the divide."""
    uri = page.locator(f".stage .{side}").get_attribute("src")
    return base64.b64decode(uri.removeprefix("data:image/webp;base64,"))


def stored(folder, **keys) -> bytes:
    """Return the one crop in the run's table that fits `keys`."""
    table = pd.read_parquet(folder / "pictures.parquet")
    for name, value in keys.items():
        table = table[table[name] == value]
    (webp,) = table["webp"]
    return webp


BOARD = {"dataset": "photos", "backbone": "denoiser"}


def test_it_opens_with_the_best_method_of_the_median_image_beside_the_ann(page, hostile):
    now = BOARD | {"choice": "median"}
    assert shown(page, "left") == stored(hostile, role="ann", **now)
    assert shown(page, "right") == stored(hostile, method="greedy", timesteps=8, **now)
    assert page.inner_text("#left-name") == "ANN, 29.10 dB"
    assert page.inner_text("#right-name") == "Greedy, T = 8, 28.85 dB"


def test_any_method_and_t_of_any_image(page, hostile):
    page.select_option("#set", "photos.upscaler")
    page.select_option("#image", "worst")
    page.select_option("#method", "steady")
    page.select_option("#beside", "target")
    page.get_by_role("radio", name="T = 2").check()
    now = {"dataset": "photos", "backbone": "upscaler", "choice": "worst"}
    assert shown(page, "left") == stored(hostile, role="target", **now)
    assert shown(page, "right") == stored(hostile, method="steady", timesteps=2, **now)
    assert page.inner_text("#error-name") == f"{HOSTILE}, T = 2"
    assert page.locator("#image option:checked").inner_text() == f"{HOSTILE}: most loss"


def test_the_address_holds_the_choice_and_back_works(page, opened):
    page.select_option("#method", "steady")
    page.get_by_role("radio", name="T = 4").check()
    again = opened(page.url.rsplit("/", 1)[1])
    assert again.input_value("#method") == "steady"
    assert again.locator("#steps :checked").get_attribute("value") == "4"
    page.go_back()
    page.go_back()
    assert page.input_value("#method") == "greedy"


def test_what_the_address_asks_for_in_vain_is_replaced(opened):
    page = opened(f"{links.IMAGES}#set=none&image=x&method=y&t=3")
    assert page.input_value("#set") == "photos.denoiser"
    assert page.locator("#steps :checked").get_attribute("value") == "8"


def test_the_divide_moves_by_keyboard(page):
    page.locator("#cut").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    cut = page.locator(".stage").evaluate("node => node.style.getPropertyValue('--cut')")
    assert cut == "55%"
    page.keyboard.press("Home")
    clip = page.locator(".stage .left").evaluate("node => getComputedStyle(node).clipPath")
    assert clip == "inset(0px 100% 0px 0px)"
    assert page.input_value("#cut") == "0"


def test_t_changes_by_keyboard_and_keeps_the_focus(page):
    page.locator("#steps :checked").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#steps :checked").get_attribute("value") == "4"
    assert page.evaluate("document.activeElement.value") == "4"


def test_the_error_map_says_the_mean_distance_of_the_crops(page, hostile):
    now = BOARD | {"choice": "median"}
    truth, crop = (
        np.asarray(Image.open(io.BytesIO(stored(hostile, **now, **keys))).convert("RGB"), float)
        for keys in ({"role": "target"}, {"method": "greedy", "timesteps": 8})
    )
    expect(page.locator("#error-method")).not_to_be_empty()
    expected = f"mean {np.abs(truth - crop).mean():.1f}"
    assert page.inner_text("#error-method") == expected
    assert expected in page.locator("canvas[data-of=method]").get_attribute("aria-label")


def test_the_scale_of_errors_is_fixed(page):
    """0 is the first colour, what reaches the end of the scale or passes it the last."""
    colours = page.evaluate("[0, 1, 7].map((share) => colour(share).join())")
    assert colours == ["0,0,4", "252,253,191", "252,253,191"]
    assert page.inner_text(".legend span >> nth=1") == "32 or more"


def test_only_what_is_shown_is_parsed(page):
    assert page.evaluate("parsed.size") == 1
    assert page.locator("img").count() == 2 + 4  # the two sides, the strip


def test_without_scripts_the_references_are_shown(browser, pages):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((pages / links.IMAGES).as_uri())
    assert page.locator(".still img:visible").count() == 2 * 3 * 3
    assert page.locator(".script-only:visible").count() == 0
    context.close()
