"""Opening a network: layers as boxes, weights inside them, pictures, a training to scrub through."""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError
from chalkgrad.render.heat import frames_svg, heat
from chalkgrad.render.layers import layers_html
from chalkgrad.render.layouts import example_image, example_tiles, weight_tiles
from chalkgrad.render.losses import losses_svg
from chalkgrad.render.packed import unpacked
from chalkgrad.render.tiles import many, single
from chalkgrad.train.snapshots import Snapshots, snapshots_for

nn = cg.nn
RNG = np.random.default_rng(0)


def block():
    return [
        nn.Residual(nn.LayerNorm(), nn.MultiHeadAttention(2, causal=True)),
        nn.Residual(nn.LayerNorm(), nn.Dense(16, nn.gelu), nn.Dense(8)),
    ]


def coder():
    inward = cg.Chain([nn.Dense(6, nn.relu), nn.Dense(2)])
    return cg.Chain([inward, cg.Chain([nn.Dense(6, nn.relu), nn.Dense(9, nn.sigmoid)])])


IMAGES = RNG.normal(size=(6, 8, 8, 1)).astype(np.float32)
PERCEPTRON = cg.Chain([nn.Dense(5, nn.tanh), nn.Dense(3)])
CONVOLUTION = cg.Chain(
    [nn.Conv2D(4, 3, activation=nn.relu), nn.MaxPool2D(2), nn.Conv2D(2, 3), nn.flatten, nn.Dense(3)]
)
RECURRENT = cg.Chain([nn.LSTM(4), nn.Dense(1)])
TRANSFORMER = cg.Chain([nn.Embedding(7, 8), nn.Positions(5), *block(), *block(), *block(), nn.Dense(7)])
# fmt: off
NETWORKS = {
    # name          network, examples, and the boxes of the outermost level
    "perceptron":  (PERCEPTRON,  RNG.normal(size=(6, 2)),  ["dense", "dense_2"]),
    "convolution": (CONVOLUTION, IMAGES,                   ["conv2d", "max_pool2d", "conv2d_2", "flatten", "dense"]),  # noqa: E501
    "recurrent":   (RECURRENT,   RNG.normal(size=(6, 30, 3)), ["lstm", "dense"]),
    "transformer": (TRANSFORMER, RNG.integers(0, 7, (6, 5)), ["embedding", "positions", "residual, residual_2", "dense"]),  # noqa: E501
    "autoencoder": (coder(),     RNG.normal(size=(6, 9)), ["chain", "chain_2"]),
}
# fmt: on


@pytest.mark.parametrize("name", NETWORKS)
def test_each_layer_is_one_box_under_its_name(name):
    net, X, boxes = NETWORKS[name]
    drawn = cg.factory(net, net.init(X[:1]), X[:1], backward=True)
    assert [b.title for b in drawn.level.boxes] == boxes
    assert [g.tex for g in drawn.level.ins] == ["x"]  # the weights stand inside
    assert all(b.enter for b in drawn.level.boxes)
    assert max(b.times for b in drawn.level.boxes) == (3 if name == "transformer" else 1)


@pytest.mark.parametrize("name", NETWORKS)
def test_its_page_is_whole_and_small(name):
    net, X, _ = NETWORKS[name]
    page = cg.show(net, net.init(X[:1]), X[:1])
    json.dumps(page.data, allow_nan=False)
    html = page.html
    assert len(html) < 2_000_000
    assert "There is no factory" not in html and '<div class="layers">' in html
    layers = page.data["layers"]["rows"]
    assert sum(p["name"] == "W" for row in layers for p in row["pictures"]) >= 1
    assert str(cg.formula(net, net.init(X[:1]), X[:1])).startswith(("network(x) =", "u_1 ="))


def inside(drawn, *names):
    for name in names:
        drawn = drawn.inside(name)
    return drawn.level


def test_weights_stand_where_they_are_used():
    net, X, _ = NETWORKS["perceptron"]
    drawn = cg.factory(net, net.init(X[:1]), X[:1], backward=True)
    assert [g.tex for g in inside(drawn, "dense_2").ins] == ["x", "W", "b"]
    first = inside(drawn, "dense")  # an activation of its own
    assert [b.title for b in first.boxes] == ["dense", "tanh"] and [g.tex for g in first.ins] == ["x"]
    innermost = next(lv for lv in drawn.levels if lv.parent == first.id and lv.title == "dense")
    assert [g.tex for g in innermost.ins] == ["x", "W", "b"]
    assert all(r.down for r in innermost.roads)  # a gradient for each


def test_what_a_loop_keeps_for_the_way_back_does_not_leave_its_layer():
    net, X, _ = NETWORKS["recurrent"]
    drawn = cg.factory(net, net.init(X[:1]), X[:1], backward=True)
    assert len(inside(drawn, "lstm").outs) == 1
    assert all(len(level.outs) == 1 for level in drawn.levels)


def test_a_weight_that_layers_have_in_common_stands_at_the_gate():
    net = cg.Chain([nn.Dense(3, nn.tanh, use_bias=False), nn.Dense(3, use_bias=False)])
    X = RNG.normal(size=(1, 3))
    W = RNG.normal(size=(3, 3))
    params = {"dense": {"W": W}, "dense_2": {"W": W}}
    assert [g.tex for g in cg.factory(net, params, X).level.ins] == ["W", "x"]
    rows = cg.show(net, params, X).data["layers"]["rows"]
    assert [p["name"] for r in rows for p in r["pictures"]] == ["x", "W", "output", "W", "output"]


def test_alike_layers_fold_and_others_do_not():
    X = RNG.normal(size=(2, 4))
    same = cg.Chain([nn.Dense(4, nn.tanh) for _ in range(4)])
    other = cg.Chain([nn.Dense(4, f) for f in (nn.tanh, nn.relu, nn.sigmoid, nn.tanh)])
    boxes = [cg.factory(n, n.init(X[:1]), X[:1]).level.boxes for n in (same, other)]
    assert [b.times for b in boxes[0]] == [4] and [b.times for b in boxes[1]] == [1, 1, 1, 1]


def test_lambda_and_plain_functions_as_links():
    X = RNG.normal(size=(2, 4))
    net = cg.Chain([nn.layer(lambda x, W: np.dot(x, W), W=("in", 3), name="mine"), np.tanh, nn.relu])
    titles = [b.title for b in cg.factory(net, net.init(X[:1]), X[:1]).level.boxes]
    assert titles == ["mine", "tanh", "relu"]


# ----- what to pass -----


@pytest.mark.parametrize("args", [(), (np.zeros((1, 2)),), (np.zeros((1, 2)), np.zeros((1, 2)))])
def test_a_chain_without_its_parameters_says_what_to_do(args):
    with pytest.raises(ArgumentError, match=r"Cure: params = net\.init\(X\[:1\]\); cg\.show\(net, params"):
        cg.show(NETWORKS["perceptron"][0], *args)


def test_a_chain_of_plain_functions_is_what_it_was():
    drawn = cg.factory(cg.Chain([np.square, np.tanh]), 0.5)
    assert [b.title for b in drawn.level.boxes] == ["square", "tanh"]
    with pytest.raises(ArgumentError, match="y is the target of a trained network"):
        cg.show(np.tanh, 0.5, y=1)


# ----- a trained one -----


@pytest.fixture(scope="module")
def trained():
    X = RNG.normal(size=(80, 2))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    net = cg.Chain([nn.Dense(6, nn.tanh), nn.Dense(2)])
    how = {"loss": nn.softmax_cross_entropy, "optimizer": nn.adam(0.05), "epochs": 20, "batch_size": 16}
    model = cg.fit(net, X, y, **how, validation=(X[:20], y[:20]), keep=6, engine="numpy")
    return model, X, y


def test_the_loss_is_part_of_a_models_picture(trained):
    model, X, y = trained
    data = cg.show(model, X[:1], y=y[:1]).data
    titles = [b["title"] for b in data["factory"][0]["boxes"]]
    assert titles == ["dense", "dense_2", "softmax_cross_entropy"]
    assert data["layers"]["aim"] == f"of the loss against the target, {y[0]}"
    guessed = cg.show(model, X[:1]).data["layers"]["aim"]
    assert guessed == f"of the loss against the class predicted, {model.predict(X[:1])[0]}"
    assert len(cg.trace(model, X[:1]).nodes) > 5


def test_the_gradients_drawn_are_those_of_the_loss(trained):
    model, X, y = trained
    exact = cg.grad(lambda p: nn.softmax_cross_entropy(model.network.apply(p, X[:1]), y[:1]))(model.params)
    rows = {r["name"]: r for r in cg.show(model, X[:1], y=y[:1]).data["layers"]["rows"]}
    for layer in ("dense", "dense_2"):
        drawn = rows[layer]["pictures"][0]["gradient"]
        most = np.abs(exact[layer]["W"]).max()
        assert float(drawn["full"].replace("×10⁻", "e-")) == float(f"{most:.3g}")


def test_snapshots_are_even_and_bounded(trained):
    snapshots = trained[0].history.snapshots
    assert [s.epoch for s in snapshots] == [0, 4, 8, 12, 16, 20]
    assert np.array_equal(snapshots[-1].params["dense"]["W"], trained[0].params["dense"]["W"])
    assert not np.array_equal(snapshots[0].params["dense"]["W"], snapshots[1].params["dense"]["W"])
    large = Snapshots(100)
    large.start({"W": np.zeros((1 << 22,))})
    assert large.most == 8
    with pytest.raises(ArgumentError, match="two or more"):
        Snapshots(1)


def test_snapshots_go_on_with_a_checkpoint(tmp_path):
    X = np.linspace(-1, 1, 32)[:, None]

    def fit(epochs, resume):
        how = {"loss": nn.mean_squared_error, "optimizer": nn.sgd(0.1), "epochs": epochs, "engine": "numpy"}
        return cg.fit(
            cg.Chain([nn.Dense(1)]), X, 3 * X, **how, keep=4, checkpoint=tmp_path / "c", resume=resume
        )

    fit(5, False)
    kept = fit(9, True).history.snapshots
    assert [s.epoch for s in kept] == [0, 4, 8, 9]


def test_the_training_section(trained):
    model, X, y = trained
    page = cg.show(model, X[:1], y=y[:1])
    data = page.data["training"]
    assert data["epochs"] == [0, 4, 8, 12, 16, 20]
    assert data["told"][0] == "epoch 0 of 20, before the first step"
    assert data["told"][-1].startswith("epoch 20 of 20: loss 0.")
    assert [w["name"] for w in data["weights"]] == ["dense.W", "dense_2.W"]
    assert len({w["frames"][k]["full"] for w in data["weights"][:1] for k in range(6)}) == 1  # one scale
    assert len(data["boundary"]["points"]) == 80 and data["boundary"]["classes"] == ["0", "1"]
    html = unpacked(page.html)
    assert 'max="5"' in html and html.count('data-frame="5"') >= 5
    ids = re.findall(r'<mask id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) > 20


def test_a_training_is_kept_unless_told_otherwise(tmp_path):
    X = np.linspace(-1, 1, 32)[:, None]
    how = {"loss": nn.mean_squared_error, "optimizer": nn.sgd(0.1), "epochs": 30, "engine": "numpy"}
    kept = cg.fit(cg.Chain([nn.Dense(1)]), X, 3 * X, **how).history.snapshots
    assert [s.epoch for s in kept] == list(range(0, 31, 2))
    held = cg.fit(cg.Chain([nn.Dense(1)]), X, 3 * X, **how, checkpoint=tmp_path / "c").history.snapshots
    assert held == ()
    assert snapshots_for(None, False, {"W": np.zeros(1 << 22)}) is None  # too large to be kept unasked


def test_the_formula_has_a_line_a_layer(trained):
    model, X, y = trained
    lines = cg.show(model, X[:1], y=y[:1]).data["formulas"]
    told = [re.sub(r"\\htmlData\{[^}]*\}", "", line["latex"]) for line in lines]
    assert [t.partition(" = ")[0].lstrip("{") for t in told] == [
        "u_{1}", "u_{2}", r"\operatorname{loss}(x, y)",
    ]  # fmt: skip
    assert [line["value"] for line in lines[:2]] == ["1 × 6", "1 × 2"]


def test_settings_of_layers_stand_in_the_code_and_not_in_the_formula():
    net, X, _ = NETWORKS["transformer"]
    data = cg.show(net, net.init(X[:1]), X[:1]).data
    latex = " ".join(line["latex"] for line in data["formulas"])
    assert r"multi\_head\_attention" in latex and "True" not in latex and "10^" not in latex
    sequence = cg.Chain([nn.LSTM(4, return_sequences=True), nn.Dense(1)])
    X = RNG.normal(size=(1, 5, 3))
    data = cg.show(sequence, sequence.init(X), X).data
    assert "    lstm(return_sequences=True),  # W (3, 16)" in data["code"]["source"]


def test_the_last_line_of_a_networks_formula_says_something():
    net, X, _ = NETWORKS["convolution"]
    last = cg.show(net, net.init(X[:1]), X[:1]).data["formulas"][-1]["latex"]
    assert r"\operatorname{dense}" in last


def test_the_plot_varies_a_weight_that_matters():
    net = cg.Chain([nn.Dense(3, nn.relu), nn.Dense(2)])
    X = np.array([[0.0, 1.0]])  # the first row of weights does nothing
    how = {"loss": nn.softmax_cross_entropy, "optimizer": nn.sgd(0.1), "engine": "numpy"}
    model = cg.fit(net, np.repeat(X, 4, 0), np.array([0, 1, 0, 1]), **how)
    entry = cg.show(model, X, y=[0]).data["plot"]["entry"]
    assert entry["index"][0] == 1


def test_a_training_without_snapshots_has_its_loss_alone():
    X = np.linspace(-1, 1, 32)[:, None]
    how = {"loss": nn.mean_squared_error, "optimizer": nn.sgd(0.1), "epochs": 3, "engine": "numpy"}
    model = cg.fit(cg.Chain([nn.Dense(1)]), X, 3 * X, **how, keep=0)
    page = cg.show(model, X[:1])
    assert page.data["layers"]["aim"] == "of the sum of all outputs"
    html = unpacked(page.html)
    assert 'class="moments"' not in html and 'class="losses"' in html


# ----- pictures -----


def pixels(png: str) -> np.ndarray:
    data = base64.b64decode(png)
    width, height = struct.unpack(">II", data[16:24])
    body = zlib.decompress(data[41 : data.rindex(b"IEND") - 8])
    rows = np.frombuffer(body, np.uint8).reshape(height, -1)[:, 1:]
    return np.stack([rows >> 4, rows & 15], axis=-1).reshape(height, -1)[:, :width]


def test_the_sides_of_a_picture():
    made = heat([[1.0, -0.5, 0.0], [0.2, -1.0, 0.4]], single(2, 3, ()))
    assert pixels(made.above).tolist() == [[15, 0, 0], [3, 0, 6]]
    assert pixels(made.below).tolist() == [[0, 8, 0], [0, 15, 0]]
    assert made.full == "1" and made.text == "2 × 3, from −1 to 1, mean 0.0167"


def test_filters_are_tiles_with_a_gap():
    W = np.arange(1, 2 * 2 * 1 * 3 + 1, dtype=float).reshape(2, 2, 1, 3)
    tiles, note = weight_tiles(W.shape, ())
    grid = tiles.grid(W)
    assert grid.shape == (2, 8) and not note
    for k in range(3):
        assert np.array_equal(grid[:, 3 * k : 3 * k + 2], W[:, :, 0, k])
    assert not grid[:, [2, 5]].any()


def test_first_weights_take_the_shape_of_the_image():
    W = RNG.normal(size=(6, 4))
    tiles, _ = weight_tiles(W.shape, (2, 3))
    assert np.array_equal(tiles.grid(W)[:, :3], W[:, 0].reshape(2, 3))


IMAGES_OF = {
    # shape, told -> rows and columns
    ((1, 64), None): (8, 8),
    ((1, 784), None): (28, 28),
    ((1, 36), None): (),  # as likely a table
    ((1, 65), None): (),
    ((1, 64), ()): (),
    ((1, 36), (4, 9)): (4, 9),
    ((1, 7, 5), None): (7, 5),
    ((1, 7, 5, 1), None): (7, 5),
    ((1, 7, 5, 3), None): (),
}


@pytest.mark.parametrize(("given", "image"), IMAGES_OF.items(), ids=str)
def test_what_is_taken_for_an_image(given, image):
    shape, told = given
    assert example_image(np.zeros(shape), told) == image
    assert example_image(np.zeros(shape, int)) == ()


def test_an_image_of_another_size_is_refused():
    net = NETWORKS["autoencoder"][0]
    X = RNG.normal(size=(1, 9))
    with pytest.raises(ArgumentError, match=r"image=\(2, 4\), and an example has 9 entries\. Cure: image="):
        cg.show(net, net.init(X), X, image=(2, 4)).data["layers"]["rows"]
    with pytest.raises(ArgumentError, match="this function is none"):
        cg.show(np.tanh, 0.5, image=(2, 4))


def test_rows_of_an_image_are_drawn_in_its_shape():
    net = cg.Chain([nn.Dense(5, nn.tanh), nn.Dense(64)])
    X = RNG.normal(size=(1, 64))
    rows = {r["name"]: r["pictures"] for r in cg.show(net, net.init(X), X).data["layers"]["rows"]}
    assert rows["input"][0]["note"] == "as 8 × 8"
    assert rows["dense"][0]["note"] == "unit by unit, each as 8 × 8"
    assert len(rows["dense"][0]["value"]["tiles"]) == 5
    assert [p["note"] for p in rows["dense_2"]] == ["input by input, each as 8 × 8", "as 8 × 8", "as 8 × 8"]
    plain = cg.show(net, net.init(X), X, image=()).data["layers"]["rows"]
    assert {p["note"] for r in plain for p in r["pictures"]} == {"", "on its side"}


def test_one_example_without_a_batch_is_drawn_whole():
    net = cg.Chain([nn.Dense(3, nn.tanh)])
    x = RNG.normal(size=7)
    rows = cg.show(net, net.init(x[None]), x).data["layers"]["rows"]
    assert [p["shape"] for p in (rows[0]["pictures"][0], rows[1]["pictures"][-1])] == ["1 × 7", "1 × 3"]


def test_tiles_stand_in_even_rows():
    for count in range(1, 49):
        tiles = many(count, 8, 8, (), (), 48)
        down = -(-count // tiles.across)
        assert tiles.across == -(-count // down)
    assert many(8, 3, 3, (), (), 48).across == 8


def test_cells_of_a_table_may_be_long_and_those_of_an_image_not():
    assert single(10, 256).cell() == (5, 14)  # two columns to a cell
    assert single(10, 10).cell()[0] == single(10, 10).cell()[1]
    assert len(set(single(10, 100, table=False).cell())) == 1


def test_a_convolution_is_a_table_of_filters_and_channels():
    W = RNG.normal(size=(3, 3, 40, 70))
    tiles, note = weight_tiles(W.shape, ())
    assert note == "24 of 70 filters, 12 of 40 channels"
    grid = tiles.grid(W)
    assert np.array_equal(grid[:3, 4:7], W[:, :, 0, 1]) and np.array_equal(grid[4:7, :3], W[:, :, 1, 0])


def test_attention_shows_where_each_place_looks():
    net, X, _ = NETWORKS["transformer"]
    rows = cg.show(net, net.init(X[:1]), X[:1]).data["layers"]["rows"]
    looks = [p for r in rows for p in r["pictures"] if p["name"] == "attention"]
    assert len(looks) == 3 and {p["shape"] for p in looks} == {"1 × 2 × 5 × 5"}
    head = pixels(looks[0]["value"]["above"])[:, :5]
    assert head[0].tolist() == [15, 0, 0, 0, 0] and not np.triu(head, 1).any()


WEIGHTS = [(5,), (100,), (3, 700), (700, 3), (3, 3, 40, 70), (5, 4, 3), (2, 3, 4, 5, 6), (1, 1)]
EXAMPLES = [(1, 5), (1, 100), (1, 300, 7), (1, 28, 28, 1), (1, 9, 9, 90), (1,), (1, 2, 3, 4, 5)]


@pytest.mark.parametrize("shape", WEIGHTS)
def test_any_weight_has_a_small_picture(shape):
    W = RNG.normal(size=shape)
    tiles, _ = weight_tiles(shape, ())
    made = heat(W, tiles)
    assert made.width <= 700 and made.height <= 240 and len(made.above) < 20_000
    assert made.svg("a", "W").count("<mask") == (2 if W.size > 1 else 1)


@pytest.mark.parametrize("shape", EXAMPLES)
def test_any_example_has_a_picture(shape):
    tiles, _ = example_tiles(shape, ())
    assert heat(RNG.normal(size=shape), tiles).width > 0


def test_what_is_not_finite_is_told():
    made = heat([np.nan, np.inf, 1.0], many(1, 1, 3, (1, 1, 3), (), 1))
    assert made.text == "3 entries, with 2 entries that are not finite" and made.full == "1"
    assert not heat(np.zeros(3), single(1, 3, (1, 3))).above


def test_a_picture_from_elsewhere_cannot_bring_markup():
    value = {"above": '"/><script>', "below": "", "width": 3, "height": 3, "tiles": []}
    value |= {"text": "<q>", "full": "1"}
    picture = {"name": "<u>", "shape": "<s>", "note": "", "gradient": None, "value": value}
    data = {"aim": "of <i>", "left_out": 0, "rows": [{"name": "<i>", "pictures": [picture]}]}
    with pytest.raises(ArgumentError, match="no base64"):
        layers_html(data, "x")
    value["above"] = "AAAA"
    assert not re.search("<(i|u|s|q|script)>", layers_html(data, "x"))


def test_one_moment_shows():
    frames = [heat([[float(k)]], single(1, 1, ()), 2.0) for k in range(3)]
    svg = frames_svg(frames, "a", "W")
    assert re.findall(r'data-frame="(\d)"( hidden)?', svg) == [("0", " hidden"), ("1", " hidden"), ("2", "")]


@pytest.mark.parametrize(
    "column",
    [[1.0], [None, None], [5000.0, 1.0, 0.5, 0.4, 0.3], [0.0, 0.0], [-3.0, -5.0, None, -6.0], [1e-9] * 3],
)
def test_losses_of_any_kind(column):
    svg = losses_svg({"loss": column, "val_loss": column}, [0, len(column)])
    assert "nan" not in svg and "inf" not in svg
    assert all(-1 <= float(y) <= 241 for y in re.findall(r"[ML][\d.]+ (-?[\d.]+)", svg))
