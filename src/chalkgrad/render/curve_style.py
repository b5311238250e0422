"""The rules of the page's plot."""

from __future__ import annotations

from chalkgrad.render.palette import BOARD, PAPER, declarations

_RULES = """
.cgp{font-family:"Source Sans 3","Segoe UI",Helvetica,Arial,sans-serif}
.cgp text{font-variant-numeric:tabular-nums lining-nums}
.cgp .m text{font-family:KaTeX_Main,"Latin Modern Math","Cambria Math","Times New Roman",serif}
.cgp .m text.i{font-family:KaTeX_Math,KaTeX_Main,"Times New Roman",serif;font-style:italic}
.cgp .m text.t{font-family:"Source Code Pro",Menlo,Consolas,monospace}
.cgp .axis-text{font:italic 17px KaTeX_Math,"Times New Roman",serif;fill:var(--ink)}
.cgp .axis-text .below{font:12px "Source Sans 3",sans-serif}
.cgp .m{fill:var(--ink)}.cgp .m .bar{stroke:var(--ink)}
.cgp .m.fv{fill:var(--forward)}.cgp .m.gv{fill:var(--gradient)}
.cgp .grid{stroke:var(--hairline);stroke-width:1;opacity:.55}.cgp .axis{stroke:var(--pale);stroke-width:1.2}
.cgp .tick{font-size:14px;fill:var(--muted)}.cgp .tick.now{fill:var(--ink);font-weight:600}
.cgp .f{fill:none;stroke:var(--forward);stroke-width:2.8;stroke-linejoin:round}
.cgp .g{fill:none;stroke:var(--gradient);stroke-width:2.4;stroke-dasharray:8 5;stroke-linejoin:round}
.cgp .tangent,.cgp .run{fill:none;stroke:var(--ink);stroke-width:1.5}.cgp .run{stroke-width:1.2}
.cgp .length{stroke:var(--gradient);stroke-width:4}
.cgp .ring{fill:var(--paper);stroke:var(--forward);stroke-width:3}
.cgp .ring.g2{stroke:var(--gradient);stroke-dasharray:none}
.cgp .jump{fill:var(--paper);stroke:var(--gradient);stroke-width:2}.cgp .mean{fill:var(--gradient)}
.cgp .at{stroke:var(--ink);stroke-width:1.3;stroke-dasharray:1.5 4}
.cgp .slope{font-size:16px;font-weight:600;fill:var(--gradient)}.cgp .one{font-size:14px;fill:var(--ink)}
.cgp .told{font-size:13px;fill:var(--muted)}
.cgp .halo{stroke:var(--paper);stroke-width:4;paint-order:stroke;stroke-linejoin:round}
.cgp .knob{fill:var(--ink)}.cgp .chevrons{fill:none;stroke:var(--paper);stroke-width:1.8}
.cgp .glow{fill:none;stroke:var(--wash);stroke-width:10;stroke-linejoin:round}
.cgp .line{fill:none;stroke:var(--ink);stroke-width:1.8}
.cgp .chip{fill:var(--wash)}.cgp .under{stroke:var(--rule);stroke-width:2}
.cgp .dot{fill:var(--wash);stroke:var(--ink);stroke-width:2}
.cgp .val{font-size:16px;font-weight:600;fill:var(--forward)}
.cgp .inner,.cgp .wash{visibility:hidden}.cgp .inner.lit,.cgp .lit .inner,.cgp .lit .wash{visibility:visible}
"""


def curve_rules(standalone: bool) -> str:
    """The plot's own rules; one that stands alone brings its colours, light and dark."""
    rules = _RULES.replace("\n", "")
    if not standalone:
        return rules
    dark = f"@media (prefers-color-scheme:dark){{.cgp{{{declarations(BOARD)}}}}}"
    return f".cgp{{{declarations(PAPER)}}}{dark}{rules}"
