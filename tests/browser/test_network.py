"""A network's page in a real browser: layers entered, pictures drawn, the training scrubbed through."""

from __future__ import annotations

import numpy as np
import pytest

import chalkgrad as cg

from .test_page import CHROMIUM, browser, visit  # noqa: F401 (fixtures)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
nn = cg.nn


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 2))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    how = {"loss": nn.softmax_cross_entropy, "optimizer": nn.adam(0.05), "engine": "numpy"}
    plane = cg.fit(
        cg.Chain([nn.Dense(8, nn.tanh), nn.Dense(2)]), X, y, **how, epochs=24, keep=7, validation=(X, y)
    )
    cg.show(plane, X[:1], y=y[:1]).save(folder / "plane.html")
    images = rng.normal(size=(32, 8, 8, 1)).astype(np.float32)
    layers = [nn.Conv2D(4, 3, activation=nn.relu), nn.MaxPool2D(2), nn.flatten, nn.Dense(3)]
    filters = cg.fit(cg.Chain(layers), images, rng.integers(0, 3, 32), **how, epochs=2)
    cg.show(filters, images[:1]).save(folder / "filters.html")
    return folder


MOMENTS = (
    "() => [...document.querySelectorAll('.training [data-frame]:not([hidden])')].map(e => e.dataset.frame)"
)


def test_the_slider_goes_through_the_training(visit):  # noqa: F811
    page = visit("plane.html")
    slider = page.locator("input.moments")
    assert slider.get_attribute("aria-valuetext").startswith("epoch 24 of 24: loss 0.")
    assert set(page.evaluate(MOMENTS)) == {"6"}
    at_last = page.locator(".plane").screenshot()
    slider.focus()
    page.keyboard.press("Home")
    assert set(page.evaluate(MOMENTS)) == {"0"} and len(page.evaluate(MOMENTS)) == 6
    assert page.locator(".moment").inner_text() == "epoch 0 of 24, before the first step"
    assert page.locator(".plane").screenshot() != at_last
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext").startswith("epoch 4 of 24: loss 0.")
    assert page.locator(".losses circle:visible").count() == 2
    page.keyboard.press("End")
    assert page.locator(".plane").screenshot() == at_last


def test_touch_and_mouse(visit):  # noqa: F811
    page = visit("plane.html", width=390)
    slider = page.locator("input.moments")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box["height"] >= 44
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert set(page.evaluate(MOMENTS)) == {"3"}
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def colours(page, selector: str) -> set[str]:
    """The hues of a picture's pixels: "blue", "orange"; read back from a canvas by way of a screenshot."""
    from io import BytesIO

    from matplotlib.image import imread

    pixels = imread(BytesIO(page.locator(selector).first.screenshot()))[..., :3]
    red, blue = pixels[..., 0], pixels[..., 2]
    return {name for name, far in (("blue", blue - red), ("orange", red - blue)) if (far > 0.2).mean() > 0.02}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_are_drawn_in_the_pages_colours(visit, scheme):  # noqa: F811
    page = visit("filters.html", scheme=scheme)
    assert colours(page, ".layer[aria-label=conv2d] .value .heat") == {"blue", "orange"}
    assert colours(page, ".layer[aria-label=max_pool2d] .value .heat") == {"blue"}  # behind a rectifier
    label = page.locator(".layer[aria-label=conv2d] .gradient .heat").first.get_attribute("aria-label")
    assert label.startswith("gradient of W of conv2d: 3 × 3 × 1 × 4, from −") and "full colour at ±" in label


def test_layers_are_entered(visit):  # noqa: F811
    page = visit("filters.html")
    page.locator(".lying [data-enter]").first.click()
    inside = page.locator(".lying .inside:not([hidden])")
    assert inside.count() == 1 and "conv2d" in inside.locator(".crumb").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".lying .inside:not([hidden])").count() == 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("name", ["plane.html", "filters.html"])
def test_axe_finds_nothing_serious(visit, name, width, scheme):  # noqa: F811
    from .test_accessibility import faults

    assert faults(visit(name, width=width, scheme=scheme)) == []


def test_the_slider_is_reached_by_tab_alone(visit):  # noqa: F811
    page = visit("filters.html")  # a training that nobody asked to keep
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "moments":
            break
    assert page.evaluate("document.activeElement.className") == "moments"
    page.keyboard.press("ArrowLeft")
    assert set(page.evaluate(MOMENTS)) == {"1"}
    assert page.locator(".moment").inner_text().startswith("epoch 1 of 2: loss")


def test_nothing_is_wider_than_the_page(visit):  # noqa: F811
    for width in (390, 1280):
        page = visit("filters.html", width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
