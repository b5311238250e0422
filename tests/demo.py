# ruff: noqa: E501 (pictures made by hand)
"""A card for sigmoid made by hand, so that the page can be looked at and tested without the views.

`python tests/demo.py FOLDER` writes demo.html and index.html there.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from chalkgrad.render.card import CardView, FormulaLine
from chalkgrad.render.face import card_html
from chalkgrad.render.page import Entry, FileEntries, index_html, page_html
from chalkgrad.render.player import StepView, walk_html
from chalkgrad.render.prose import fence_html, finding_html, highlight, output_html, stopped_html
from chalkgrad.v8 import author_math_html, math_html

EXP = r"\htmlData{node=2}{e^{-x}}"
SUM = rf"\htmlData{{node=3}}{{1+{EXP}}}"


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def slope(x: float) -> float:
    return sigmoid(x) * (1 - sigmoid(x))


# ----- pictures -----


def _curve(f, x0: float = -4.2, x1: float = 4.2, n: int = 90) -> str:
    points = ((x0 + (x1 - x0) * k / n) for k in range(n + 1))
    return "M" + " ".join(f"{px(x):.1f} {py(f(x)):.1f}" for x in points if -0.1 < f(x) < 1.2)


def px(x: float) -> float:
    return 34 + (x + 4.2) / 8.4 * 446


def py(y: float) -> float:
    return 280 - y * 222


def plot(f=sigmoid, df=slope, at: float = 1.0) -> str:
    exp = _curve(lambda x: math.exp(-x), -0.16)
    x, y, m = px(at), py(f(at)), df(at)
    rise = py(f(at) + m)
    return f"""<svg viewBox="0 0 516 330" role="img" aria-label="Plot of sigmoid and its derivative"
 font-family="var(--sans)" font-size="14" fill="var(--muted)">
<path d="M34 58H480M34 169H480" stroke="var(--hairline)"/><path d="M34 280H480M257 30V290" stroke="var(--pale)"/>
<text x="26" y="63" text-anchor="end">1</text><text x="26" y="174" text-anchor="end">0.5</text>
<text x="26" y="285" text-anchor="end">0</text>
<g class="inner" data-node="2"><path d="{exp}" class="wash" stroke-width="11"/>
<path d="{exp}" fill="none" stroke="var(--ink)" stroke-width="2"/></g>
<path d="M{px(at - 2.1):.1f} {py(f(at) - 2.1 * m):.1f}L{px(at + 2.1):.1f} {py(f(at) + 2.1 * m):.1f}" stroke="var(--ink)" stroke-width="1.5"/>
<path d="{_curve(f)}" fill="none" stroke="var(--forward)" stroke-width="3.5" data-node="4"/>
<path d="{_curve(df)}" fill="none" stroke="var(--gradient)" stroke-width="2.5" stroke-dasharray="8 6"/>
<path d="M{x} {y}H{px(at + 1)}" stroke="var(--ink)"/><path d="M{px(at + 1)} {y}V{rise}" stroke="var(--gradient)" stroke-width="4"/>
<path d="M{x} {py(0)}V{py(df(at))}" stroke="var(--gradient)" stroke-width="4"/>
<path d="M{x} {y}V305" stroke="var(--ink)" stroke-dasharray="1.5 4"/>
<circle cx="{x}" cy="{y}" r="6" fill="var(--paper)" stroke="var(--forward)" stroke-width="3.5"/>
<circle cx="{x}" cy="{py(df(at))}" r="5" fill="var(--paper)" stroke="var(--gradient)" stroke-width="3"/>
<text x="{px(at + 1) + 12}" y="{(y + rise) / 2 + 6}" fill="var(--gradient)" font-size="16" font-weight="600">{m:.4f}</text>
<path d="M34 303H480" stroke="var(--muted)"/><g text-anchor="middle">
{"".join(f'<path d="M{px(t):.1f} 298v10" stroke="var(--muted)"/><text x="{px(t):.1f}" y="328">{t}</text>' for t in (-4, -2, 0, 2, 4))}
</g></svg>"""


BOXES = (
    (1, "−□", "−1", "×−1"),
    (2, "e□", "0.3679", "×0.3679"),
    (3, "1 + □", "1.3679", "×1"),
    (4, "1/□", "0.7311", "×−0.5344"),
)
GRADIENTS = {0: "0.1966", 1: "−0.1966", 2: "−0.5344", 3: "−0.5344", 4: "1"}
VALUES = {0: "1"} | {k: value for k, _, value, _ in BOXES}


def factory() -> str:
    return (
        '<svg viewBox="0 0 1168 104" width="1168" height="104" role="img" aria-label="Factory of sigmoid" font-family="var(--sans)">'
        + "".join(_road(k) for k in range(5))
        + "".join(_box(*box) for box in BOXES)
        + '<g font-size="24" font-style="italic" font-family="var(--serif)" fill="var(--ink)">'
        '<text x="8" y="58" data-node="0">x</text><text x="1122" y="58">y</text></g></svg>'
    )


def _box(node: int, name: str, value: str, local: str) -> str:
    x = 167 + (node - 1) * 231
    return (
        f'<g data-node="{node}"><rect class="box" x="{x}" y="4" width="100" height="78" rx="2" fill="none" '
        f'stroke="var(--ink)" stroke-width="1.6"/><path d="M{x} 50h100" stroke="var(--muted)"/>'
        f'<text x="{x + 50}" y="35" text-anchor="middle" font-size="23" fill="var(--ink)">{name}</text>'
        f'<text x="{x + 50}" y="71" text-anchor="middle" font-size="16" fill="var(--gradient)">{local}</text></g>'
    )


def _road(node: int) -> str:
    x0 = 36 if node == 0 else 267 + (node - 1) * 231
    x1, mid = x0 + 131, x0 + 65
    return (
        f'<g data-node="{node}" data-from="{node}" data-to="{node + 1}">'
        f'<rect class="wash" x="{x0}" y="38" width="131" height="24"/>'
        f'<path d="M{x0} 45H{x1}m-8 -4.5l8 4.5l-8 4.500" stroke="var(--forward)" stroke-width="2.2" fill="none"/>'
        f'<path d="M{x1} 55H{x0}m8 -4.5l-8 4.5l8 4.500" stroke="var(--gradient)" stroke-width="2" fill="none" stroke-dasharray="6 4"/>'
        f'<text x="{mid}" y="36" text-anchor="middle" font-size="17" font-weight="600" fill="var(--forward)">{VALUES[node]}</text>'
        f'<text x="{mid}" y="78" text-anchor="middle" font-size="17" font-weight="600" fill="var(--gradient)">{GRADIENTS[node]}</text></g>'
    )


# ----- the walk -----


def walk() -> str:
    """Five steps forward, five back, on the same drawing."""
    forward = [
        StepView("forward", "the input <code>x</code>", math_html("x = 1"), "Every value follows from this one."),
        *(StepView("forward", f"forward through box {k}", math_html(f"{name.replace('□', chr(92) + 'square ')} = {value}"))
          for k, name, value, _ in BOXES),
    ]  # fmt: skip
    backward = [
        StepView("backward", "the road turns round", math_html(r"\frac{\partial y}{\partial y} = 1"), "Here the walk turns."),
        *(StepView("backward", f"backward through box {k}", math_html(rf"{GRADIENTS[k]} \times {local[1:]} = {GRADIENTS[k - 1]}"),
                   "The gradient that arrives, times the slope here, is the gradient that leaves.")
          for k, _, _, local in reversed(BOXES)),
    ]  # fmt: skip
    picture = "".join(_walk_road(k) for k in range(5)) + "".join(
        _box(*box).replace("<g data-node", f'<g data-at="{box[0]} {10 - box[0]}" data-node') for box in BOXES
    )
    return walk_html(
        [*forward, *backward], f'<svg viewBox="0 0 1168 104" width="1168" height="104">{picture}</svg>'
    )


def _walk_road(k: int) -> str:
    x0 = 36 if k == 0 else 267 + (k - 1) * 231
    mid, back = x0 + 65, 9 - k
    text = f'<text x="{mid}" y="{{y}}" text-anchor="middle" font-size="17" font-weight="600" fill="var(--{{hue}})" {{when}}>{{what}}</text>'
    return (
        f'<path d="M{x0} 45h131" stroke="var(--forward)" stroke-width="2.2" data-since="{k}"/>'
        f'<path d="M{x0} 55h131" stroke="var(--gradient)" stroke-width="2" stroke-dasharray="6 4" data-since="{back}"/>'
        f'<path d="M{x0} 55h131" stroke="var(--hairline)" stroke-width="1.5" data-until="{back}"/>'
        + text.format(y=36, hue="forward", when=f'data-since="{k}"', what=VALUES[k])
        + text.format(y=36, hue="pale", when=f'data-until="{k}"', what="?")
        + text.format(y=78, hue="gradient", when=f'data-since="{back}"', what=GRADIENTS[k])
        + text.format(y=78, hue="pale", when=f'data-until="{back}"', what="?")
    )


# ----- cards -----

SOURCE = "def sigmoid(x: ndarray) -> ndarray:\n    '''\n    Apply the sigmoid function to each element in the input ndarray.\n    '''\n"


def _code() -> str:
    marked = 'return <span data-node="4">1 / (<span data-node="3">1 + <span data-node="2">np.exp(<span data-node="1">-x</span>)</span></span>)</span>'
    return highlight(SOURCE) + "\n    " + marked.replace("return", '<span class="k">return</span>')


def nodes() -> dict:
    latex = {"0": "x", "1": "-x", "2": "e^{-x}", "3": "1+e^{-x}", "4": r"\frac{1}{1+e^{-x}}"}
    code = {"0": "x", "1": "-x", "2": "np.exp(-x)", "3": "1 + np.exp(-x)", "4": "1 / (1 + np.exp(-x))"}
    return {
        k: dict(  # noqa: C408
            label_html=math_html(latex[k]), code=code[k], value=VALUES[int(k)], gradient=GRADIENTS[int(k)],
            story=f"Raise it by 0.01 and <code>sigmoid</code> {'falls' if '−' in GRADIENTS[int(k)] else 'rises'} by "
            f"{abs(float(GRADIENTS[int(k)].replace('−', '-'))) / 100:.4f}.",
        )
        for k in latex
    }  # fmt: skip


def sigmoid_card() -> CardView:
    f = math_html(rf"\operatorname{{sigmoid}}(x) = \htmlData{{node=4}}{{\frac{{1}}{{{SUM}}}}}", True)
    df = math_html(rf"\operatorname{{sigmoid}}'(x) = \frac{{{EXP}}}{{\left({SUM}\right)^2}}", True)
    ddf = math_html(rf"\operatorname{{sigmoid}}''(x) = \frac{{{EXP}({EXP}-1)}}{{\left({SUM}\right)^3}}", True)
    second = lambda x: slope(x) * (1 - 2 * sigmoid(x))  # noqa: E731
    double_prime = CardView("sigmoid''", where="from line 110", at=("x", "1.00"), plot_svg=plot(second, slope),
                            formulas=(FormulaLine("value", ddf, "−0.09086"),))  # fmt: skip
    prime = CardView(
        "sigmoid'", where="from line 110", at=("x", "1.00"), nodes=nodes(), plot_svg=plot(slope, second),
        formulas=(FormulaLine("value", df, "0.1966"), FormulaLine("gradient", ddf, "−0.09086")),
        code_html=highlight("def sigmoid_prime(x):\n    e = np.exp(-x)\n    return e / (1 + e) ** 2"),
        code_label="Code, generated from line 110", factory_svg=factory(), derivative=double_prime,
    )  # fmt: skip
    return CardView(
        "sigmoid", r"\operatorname{sigmoid}(x)", "line 110", ("x", "1.00"),
        (FormulaLine("value", f, "0.7311"), FormulaLine("gradient", df, "0.1966")),
        _code(), None, plot(), factory(), derivative=prime, nodes=nodes(), walk_html=walk(),
    )  # fmt: skip


def chain_card() -> CardView:
    """A factory whose one box can be entered."""
    outside = (
        '<div data-level="0"><svg viewBox="0 0 400 90" width="400" height="90">'
        '<g data-node="1 2 3 4" data-enter="0.1"><rect class="box" x="140" y="5" width="120" height="78" fill="none" stroke="var(--ink)"/>'
        '<rect x="144" y="9" width="112" height="70" fill="none" stroke="var(--ink)"/>'
        '<text x="200" y="50" text-anchor="middle" font-family="var(--code)" fill="var(--ink)">sigmoid</text></g></svg></div>'
    )
    inside = (
        '<div data-level="0.1" data-parent="0" hidden><button type="button" data-enter="0">chain</button> › sigmoid'
        + factory()
        + "</div>"
    )
    return CardView("chain", where="line 147", factory_svg=outside + inside, nodes=nodes())


def square_card() -> CardView:
    line = FormulaLine("value", math_html(r"\operatorname{square}(x) = \sqrt{x^4}"))
    return CardView("square", r"\operatorname{square}(x) = x^2", "line 33", formulas=(line,), closed=True,
                    code_html=highlight("def square(x):\n    return np.power(x, 2)"))  # fmt: skip


def loss_card() -> CardView:
    """No plot: the backward pass stands beside the code, and a formula is wider than its column."""
    loss = (
        r"\operatorname{loss}(X, W, b, y) = \frac{1}{n}\sum \left(\operatorname{sigmoid}(XW + b) - y\right)^2"
    )
    wide = r"\frac{\partial L}{\partial W} = X^\top \left(\frac{2}{n}\left(\operatorname{sigmoid}(XW+b) - y\right)" \
        r"\odot \operatorname{sigmoid}'(XW + b)\right)"  # fmt: skip
    return CardView(
        "loss", where="line 61",
        formulas=(FormulaLine("value", math_html(loss, True), "0.2386"), FormulaLine("gradient", math_html(wide, True))),
        code_html=highlight("def loss(X, W, b, y):\n    N = np.dot(X, W) + b\n    S = sigmoid(N)\n    return np.mean((S - y) ** 2)"),
        backward_html=highlight("# backward, generated\ndLdS = 2 * (S - y) / S.size\ndLdN = dLdS * S * (1 - S)\n"
                                "dLdW = np.dot(X.T, dLdN)\ndLdb = np.sum(dLdN, axis=0)"),
    )  # fmt: skip


# ----- pages -----


def body() -> str:
    failing = "PLOT_RANGE = np.range(-3, 3, 0.01)\nplot_chain([leaky_relu, sigmoid, square], PLOT_RANGE)"
    return "\n".join((
        "<h2>The Chain Rule</h2>",
        finding_html("CG401", "Two figures here live on another site. The card below draws the same thing.", "note"),
        "<ul><li>a mathematical theorem that lets us compute derivatives of composite functions</li></ul>",
        card_html(sigmoid_card()),
        "<p>The chain rule seems to be working. When the functions are upward-sloping, the derivative is positive; "
        f"when they are flat, {author_math_html(FLAT)}; and when they are downward-sloping, the "
        "derivative is <em>negative</em>, as <code>chain_deriv_2</code> has it.</p>",
        f'<div class="display">{author_math_html("f_2(x) = max(x, 0)", True)}</div>',
        card_html(square_card()),
        finding_html("CG104", "NumPy has no <code>range</code>. The nearest name is <code>np.arange</code>.", "error",
                     "Write <code>np.arange(-3, 3, 0.01)</code>"),
        fence_html(highlight(failing), "line 200, under The Chain Rule",
                   stopped=stopped_html("AttributeError: module 'numpy' has no attribute 'range'")),
        fence_html(highlight("print(sigmoid(np.array([0., 1.])))"), "line 210", output_html("[0.5        0.73105858]")),
        card_html(loss_card()),
        card_html(chain_card()),
        "<blockquote><p>A picture is worth a thousand words.</p></blockquote>",
        "<table><thead><tr><th>name</th><th>range</th></tr></thead><tbody><tr><td>sigmoid</td><td>(0, 1)</td></tr>"
        "<tr><td>tanh</td><td>(−1, 1)</td></tr></tbody></table>",
    ))  # fmt: skip


FLAT = r"f^{\prime}(x) = 0"
CRUMBS = (("All notes", "index.html"), ("Deep-Learning", None), ("The Chain Rule", None))
FACTS = ("7 functions, 3 chains", "3 errors, 18 notes")


def demo_page(**options) -> str:
    return page_html("Deep-Learning", body(), crumbs=CRUMBS, facts=FACTS, **options)


def demo_index() -> str:
    spark = f'<svg viewBox="0 0 516 330">{plot().split(">", 1)[1]}'
    entry = Entry(
        "sigmoid", "demo.html#sigmoid", math_html(r"\frac{1}{1+e^{-x}}"), spark, "no formula in the notes"
    )
    wrong = Entry("leaky_relu", "demo.html#leaky_relu", math_html(r"\max(0.2x,\, x)"), spark,
                  '<span class="tag">CG201</span>disagrees with line 28', True)  # fmt: skip
    notes = FileEntries(
        "Deep-Learning", "demo.html", "deep-learning.md", "3 errors, 18 notes", (entry, wrong, entry, entry)
    )
    return index_html((notes, FileEntries("Losses", "demo.html", "losses.md", entries=(entry,))), facts=FACTS)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "demo.html").write_text(demo_page(), encoding="utf-8")
    (folder / "index.html").write_text(demo_index(), encoding="utf-8")
