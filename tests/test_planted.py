"""Notes and modules as people write them: each planted defect is found at its line, nothing in clean ones.

Most of the planted ones are a clean one with one edit.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from chalkgrad.notes.check.finding import RULES, Report
from chalkgrad.notes.check.run import check
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits

HERE = Path(__file__).parent / "planted"
CLEAN = sorted(p.name for p in (HERE / "clean").iterdir() if p.suffix != ".png")
LEANING = {"no_imports.md": {"CG105"}}  # on the prelude: so do the planted twins

# fmt: off
PLANTED = {  # file: line, or cell and line in it; code; what else the same defect is
    # ----- CG101 -----
    "parse_cell.ipynb":               ((4, 1), "CG101"),
    "parse_colon.md":                 (29, "CG101"),
    "parse_indent.md":                (23, "CG101"),
    "parse_quotes.md":                (11, "CG101"),
    # ----- CG102 -----
    "undefined_argument.md":          (19, "CG102"),
    "undefined_cell.ipynb":           ((5, 5), "CG102"),
    "undefined_helper.md":            (21, "CG102"),
    "undefined_in_module.py":         (25, "CG102"),
    "undefined_never_called.py":      (21, "CG102"),
    # ----- CG103 -----
    "raises_cell.ipynb":              ((3, 1), "CG103"),
    "raises_module.py":               (21, "CG103"),
    "raises_order.md":                (22, "CG103"),
    "raises_shape.md":                (28, "CG103"),
    "raises_singular.md":             (29, "CG103"),
    # ----- CG104 -----
    "attribute_linalg.ipynb":         ((7, 2), "CG104"),
    "attribute_never_called.py":      (7, "CG104"),
    "attribute_plot.md":              (13, "CG104"),
    "attribute_range.md":             (7, "CG104"),
    # ----- CG105 -----
    "import_numpy.md":                (8, "CG105"),
    "import_numpy_module.py":         (3, "CG105"),
    "import_pyplot.md":               (10, "CG105"),
    # ----- CG201 -----
    "docstring_chebyshev.py":         (27, "CG201"),
    "docstring_distance.py":          (11, "CG201"),
    "docstring_gelu.py":              (10, "CG201"),
    "docstring_mish.py":              (31, "CG201"),
    "formula_attention_scale.md":     (4, "CG201"),
    "formula_bce.md":                 (3, "CG201"),
    "formula_bent.md":                (4, "CG201"),
    "formula_conv.md":                (5, "CG201"),
    "formula_distance.md":            (8, "CG201"),
    "formula_elu_cases.md":           (30, "CG201"),
    "formula_elu_slope.md":           (44, "CG201"),
    "formula_f1.md":                  (5, "CG201"),
    "formula_gaussian.md":            (6, "CG201"),
    "formula_german.md":              (28, "CG201"),
    "formula_gradient_j.md":          (7, "CG201"),
    "formula_gram.md":                (28, "CG201"),
    "formula_kl_ratio.md":            (19, "CG201"),
    "formula_leaky.md":               (18, "CG201"),
    "formula_logistic_square.md":     (19, "CG201"),
    "formula_lse.md":                 (4, "CG201"),
    "formula_mse_half.md":            (7, "CG201"),
    "formula_partial.md":             (5, "CG201"),
    "formula_recall.md":              (4, "CG201"),
    "formula_relu_min.md":            (35, "CG201"),
    "formula_sigmoid_sign.md":        (7, "CG201"),
    "formula_slope.md":               (16, "CG201"),
    "formula_softmax.md":             (6, "CG201"),
    "formula_softplus.md":            (15, "CG201"),
    "formula_swish.md":               (18, "CG201"),
    "notebook_cost_sign.ipynb":       ((4, 3), "CG201"),
    "notebook_relu6.ipynb":           ((6, 1), "CG201"),
    "percent_error.py":               (3, "CG201"),
    # ----- CG202 -----
    "unread_brace.md":                (7, "CG202", "CG203"),
    "unread_command.md":              (18, "CG202"),
    "unread_left.md":                 (5, "CG202", "CG203"),
    # ----- CG203 -----
    "github_bars.md":                 (19, "CG203"),
    "github_cases.md":                (17, "CG203"),
    "github_operatorname.md":         (19, "CG203"),
    "github_rows.md":                 (3, "CG203"),
    "github_space.md":                (18, "CG203"),
    # ----- CG301 -----
    "affine_bias_mean.py":            (15, "CG301"),
    "backprop_delta.md":              (33, "CG301"),
    "backward_theta.ipynb":           ((4, 3), "CG301"),
    "batchnorm_term.py":              (20, "CG301"),
    "bce_prime_term.py":              (25, "CG301"),
    "booth_swapped.py":               (29, "CG301"),
    "conv_bias_axis.py":              (30, "CG301"),
    "cost_gradient_square.py":        (36, "CG301"),
    "cross_entropy_gradient_sign.py": (35, "CG301"),
    "dense_transpose.py":             (27, "CG301"),
    "dict_tanh.py":                   (13, "CG301"),
    "dropout_mask.py":                (16, "CG301"),
    "elu_grad_alpha.py":              (43, "CG301"),
    "hard_sigmoid_grad_range.py":     (51, "CG301"),
    "huber_derivative_delta.py":      (12, "CG301"),
    "l2_grad_factor.py":              (27, "CG301"),
    "layer_sigmoid_input.py":         (14, "CG301"),
    "layernorm_gamma.py":             (37, "CG301"),
    "leaky_prime_slope.py":           (38, "CG301"),
    "log_gradient_transpose.md":      (28, "CG301"),
    "lse_gradient.md":                (24, "CG301"),
    "max_pool_mask.py":               (17, "CG301"),
    "mlp_derivative.py":              (17, "CG301"),
    "mse_prime_factor.py":            (9, "CG301"),
    "mse_prime_sign.py":              (9, "CG301"),
    "mul_layer_swapped.py":           (48, "CG301"),
    "nonlin_input_not_output.py":     (7, "CG301"),
    "normal_slope_sigma.py":          (10, "CG301"),
    "operation_sign.py":              (50, "CG301"),
    "operation_upstream.py":          (42, "CG301"),
    "propagate_sign.py":              (27, "CG301"),
    "relu6_flat.ipynb":               ((7, 5), "CG301"),
    "relu_backward_upstream_mask.py": (28, "CG301"),
    "relu_left_slope.md":             (10, "CG301"),
    "relu_prime_mask.py":             (28, "CG301"),
    "rnn_tanh.py":                    (13, "CG301"),
    "rosenbrock_factor.py":           (10, "CG301"),
    "sigmoid_prime_sign.py":          (12, "CG301"),
    "softmax_jacobian_sign.py":       (12, "CG301"),
    "softmax_loss_mean.py":           (18, "CG301"),
    "softplus_prime_tanh.py":         (46, "CG301"),
    "static_swish_term.py":           (33, "CG301"),
    "student_sigmoid_derivative.md":  (21, "CG301"),
    "svm_correct_class.py":           (35, "CG301"),
    "svm_missing_mean.py":            (35, "CG301"),
    "svm_reg_factor.py":              (50, "CG301"),
    "swish_grad_beta.py":             (27, "CG301"),
    "tanh_prime_power.py":            (20, "CG301"),
    "two_layer_relu_mask.py":         (36, "CG301"),
    "units_sigmoid_activation.py":    (30, "CG301"),
    "valleys_quadratic.py":           (21, "CG301"),
    "word_vectors_outer.py":          (19, "CG301"),
    # ----- CG302 -----
    "stated_comment.md":              (11, "CG302"),
    "stated_comment_norm.md":         (24, "CG302"),
    "stated_descend.md":              (26, "CG302"),
    "stated_docstring.py":            (9, "CG302"),
    "stated_errors.md":               (30, "CG302"),
    "stated_fscore.md":               (27, "CG302"),
    "stated_german.md":               (37, "CG302"),
    "stated_logit.md":                (37, "CG302"),
    "stated_loss_prose.md":           (14, "CG302"),
    "stated_module_comment.py":       (23, "CG302"),
    "stated_momentum.md":             (19, "CG302"),
    "stated_perceptron.py":           (39, "CG302"),
    "stated_print.md":                (27, "CG302"),
    "stated_readme.md":               (39, "CG302"),
    "stated_transcript.md":           (14, "CG302"),
    # ----- CG401 -----
    "figure_missing.md":              (28, "CG401"),
    "figure_remote.md":               (28, "CG401"),
    "figure_tag.md":                  (3, "CG401"),
}
# fmt: on


@pytest.fixture(scope="module")
def reports() -> dict[tuple[str, str], Report]:
    paths = [p for p in sorted(HERE.glob("*/*")) if p.suffix in (".md", ".py", ".ipynb")]
    with Executor(Limits(seconds=20.0)) as executor:
        return {Path(r.path).parts[-2:]: r for r in check(paths, executor)}  # type: ignore[misc]


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_found_at_its_line_and_nothing_else(
    reports: dict[tuple[str, str], Report], name: str
):
    place, *codes = PLANTED[name]
    report = reports["planted", name]
    leaning = LEANING["no_imports.md"] if _is_twin(name, "no_imports.md") else set()
    found = {f.code: f for f in report.findings if f.code not in leaning and f.severity != "note"}
    found |= {f.code: f for f in report.findings if f.code in codes}
    assert sorted(found) == sorted(codes)
    assert sum(f.code == codes[0] for f in report.findings) == 1
    cell, line = report.place(found[codes[0]].spot.line)
    assert (line if cell is None else (cell, line)) == place


def _is_twin(name: str, clean: str) -> bool:
    first = (HERE / "clean" / clean).read_text(encoding="utf-8").split("\n")[0]
    return (HERE / "planted" / name).read_text(encoding="utf-8").startswith(first)


@pytest.mark.parametrize("name", CLEAN)
def test_nothing_is_found_in_a_clean_one(reports: dict[tuple[str, str], Report], name: str):
    wrong = [f for f in reports["clean", name].findings if f.severity != "note"]
    assert [f for f in wrong if f.code not in LEANING.get(name, set())] == []


def test_there_are_enough_of_each():
    assert len(CLEAN) >= 70 and len(PLANTED) >= 70
    assert {codes[0] for _, *codes in PLANTED.values()} == set(RULES) - {"CG501", "CG502"}
    assert {p.name for p in (HERE / "planted").iterdir() if p.suffix != ".png"} == set(PLANTED)
