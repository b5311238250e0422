"""What each LaTeX command is, by kind."""

from __future__ import annotations

# ----- set nothing, or only space -----

SPACING = frozenset(
    ", ; : ! > quad qquad enspace enskip thinspace medspace thickspace negthinspace space nobreakspace "
    "displaystyle textstyle "
    "scriptstyle limits nolimits nonumber notag hfill strut allowbreak nobreak big Big bigg Bigg "
    "mathstrut hline "
    "rm bf it cal sf tt mathrm mathop mathord mathbin mathrel left right bigl bigr".split()
)
SPACING |= {" ", "\n", "\t", "-"}
SKIP_GROUP = frozenset(
    "htmlData htmlClass htmlId htmlStyle color textcolor label tag hspace vspace phantom "
    "hphantom vphantom class cssId".split()
)

# ----- text and fonts -----

TEXT = frozenset("text operatorname textrm textbf textit textsf texttt mbox textnormal mathrm".split())
FONTS = frozenset(
    "mathbf boldsymbol bm pmb mathit mathcal mathbb mathsf mathtt mathfrak mathscr symbf mathnormal".split()
)

# ----- names -----

GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon "
    "phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar infty nabla imath jmath "
    "indicator".split()
)
VARIANTS = {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma",
    "varpi": "pi",
}  # fmt: skip
FUNCTIONS = frozenset(
    "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan exp log ln lg max min det "
    "gcd arg sup inf dim deg Pr ker".split()
)
ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde",
    "dot": "dot", "ddot": "ddot", "check": "check", "breve": "breve", "mathring": "ring",
    "vec": "", "overrightarrow": "", "underline": "", "boxed": "", "fbox": "",
}  # fmt: skip

# ----- operators -----

LINKS = {
    "cdot": "cdot", "times": "times", "odot": "odot", "ast": "star", "*": "star", "circ": "circ",
    "otimes": "otimes", "oplus": "oplus", "bullet": "cdot", "bmod": "mod", "div": "slash", "/": "slash",
}  # fmt: skip
BIG = {"sum": "sum", "prod": "prod"}
BIG_IF_SCRIPTED = {"max": "max", "min": "min"}
NOT_READ = {
    "int": "integrals are not read", "iint": "integrals are not read", "oint": "integrals are not read",
    "pm": "a formula with two signs has two values; write one",
    "mp": "a formula with two signs has two values; write one",
    "dots": "write out what the dots stand for, or use \\sum",
    "cdots": "write out what the dots stand for, or use \\sum",
    "vdots": "write out what the dots stand for, or use \\sum", "ddots": "write out what the dots stand for",
    "ldots": "write out what the dots stand for, or use \\sum",
    "mid": "conditional probabilities are not read", "middle": "\\middle is not read",
    "over": "write \\frac{a}{b} for {a \\over b}",
    "#": "no such sign in a formula", "$": "pass the inside of one $…$", "&": "no such sign in a formula",
}  # fmt: skip

# ----- relations -----

EQUATIONS = {
    "=": "=", "equiv": "=", ":=": ":=", "coloneqq": ":=", "coloneq": ":=", "triangleq": ":=",
    "leftarrow": ":=",
    "gets": ":=", "approx": "≈", "simeq": "≈", "approxeq": "≈",
}  # fmt: skip
COMPARES = {
    "<": "<", ">": ">", "lt": "<", "gt": ">", "le": "<=", "leq": "<=", "leqslant": "<=", "leqq": "<=",
    "ge": ">=",
    "geq": ">=", "geqslant": ">=", "geqq": ">=", "ne": "!=", "neq": "!=",
}  # fmt: skip
LOGIC = {"land": "and", "wedge": "and", "lor": "or", "vee": "or"}
NEGATION = frozenset({"lnot", "neg"})

# ----- brackets -----

OPEN = {
    "(": "(", "[": "[", "\\{": "\\{", "\\lbrace": "\\{", "\\lbrack": "[", "\\lfloor": "floor",
    "\\lceil": "ceil",
    "\\langle": "angle", "\\lvert": "|", "\\lVert": "||", "\\lgroup": "(", "{": "{",
}  # fmt: skip
CLOSE = {
    ")": "(", "]": "[", "\\}": "\\{", "\\rbrace": "\\{", "\\rbrack": "[", "\\rfloor": "floor",
    "\\rceil": "ceil",
    "\\rangle": "angle", "\\rvert": "|", "\\rVert": "||", "\\rgroup": "(", "}": "{",
}  # fmt: skip
BARS = {"|": "|", "\\vert": "|", "\\|": "||", "\\Vert": "||"}
CLOSING = {
    "(": ")", "[": "]", "\\{": "\\}", "{": "}", "floor": "\\rfloor", "ceil": "\\rceil", "angle": "\\rangle",
    "|": "|", "||": "\\rVert", ".": "\\right.",
}  # fmt: skip

# ----- environments -----

ROWS = frozenset(
    "aligned align align* split gather gather* gathered equation equation* multline multline* "
    "eqnarray eqnarray* alignedat".split()
)
CASES = frozenset("cases dcases rcases".split())
MATRICES = frozenset("matrix pmatrix bmatrix smallmatrix array".split())

# ----- words -----

PARTING = frozenset("and where with so then hence thus".split())
OTHERWISE = frozenset({"otherwise", "else", "elsewhere", "other", "others"})
IF = frozenset({"if", "for", "when", "where", "while"})

# ----- single Unicode characters, as the LaTeX they stand for -----

UNICODE = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
        "upsilon phi chi psi "
        "omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split(),
        strict=True,
    )
) | {
    "ϵ": "epsilon", "ϕ": "phi", "∞": "infty", "∂": "partial", "∇": "nabla", "∑": "sum", "∏": "prod",
    "·": "cdot",
    "⋅": "cdot", "×": "times", "⊙": "odot", "∘": "circ", "∗": "ast", "≤": "le", "≥": "ge", "≠": "ne",
    "≈": "approx",
    "←": "leftarrow", "→": "to", "ℓ": "ell", "√": "sqrt", "⊗": "otimes", "⊤": "top", "∧": "land", "∨": "lor",
    "¬": "neg", "≡": "equiv", "∈": "in", "…": "ldots",
}  # fmt: skip
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ", "0123456789T", strict=True))
