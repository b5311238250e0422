"""The rules of a factory's picture; classes are short because there are many of them."""

from __future__ import annotations

from chalkgrad.render.palette import BOARD, PAPER, declarations

_RULES = """
.cgf{font-family:"Source Sans 3","Segoe UI",Helvetica,Arial,sans-serif}
.cgf text{font-variant-numeric:tabular-nums lining-nums}
.cgf .m text{font-family:KaTeX_Main,"Latin Modern Math","STIX Two Math","Cambria Math",serif}
.cgf .m text.i{font-family:KaTeX_Math,KaTeX_Main,"Latin Modern Math","STIX Two Text",serif;font-style:italic}
.cgf .m text.z{font-family:KaTeX_Size1,KaTeX_Main,"Latin Modern Math","STIX Two Math","Cambria Math",serif}
.cgf .m text.t{font-family:"Source Code Pro",Menlo,Consolas,monospace;font-weight:600}
.cgf .m{fill:var(--ink)}.cgf .m .bar{stroke:var(--ink);stroke-width:1}
.cgf .hole{fill:none;stroke:var(--pale);stroke-width:1}
.cgf .m.s{fill:var(--gradient)}.cgf .m.s .bar{stroke:var(--gradient)}
.cgf .m.s .hole{stroke:var(--gradient);opacity:.65}
.cgf .m.q{fill:var(--muted)}
.cgf .paper{fill:var(--paper)}
.cgf .box{fill:var(--paper);stroke:var(--ink);stroke-width:1.6}
.cgf .wall,.cgf .more{fill:none;stroke:var(--ink);stroke-width:1.2}
.cgf .more{stroke-dasharray:2 4}
.cgf .leaf{fill:var(--paper);stroke:var(--ink);stroke-width:1}
.cgf .floor{stroke:var(--pale);stroke-width:1}
.cgf .up{fill:none;stroke:var(--forward);stroke-width:2.2}
.cgf .down{fill:none;stroke:var(--gradient);stroke-width:2;stroke-dasharray:6 4}
.cgf .uh{fill:var(--forward)}.cgf .dh{fill:var(--gradient)}
.cgf .uv,.cgf .dv{font-size:17px;font-weight:600}
.cgf .uv{fill:var(--forward)}.cgf .dv{fill:var(--gradient)}
.cgf .sl{font-size:16px;fill:var(--gradient)}
.cgf .note{font-size:13px;fill:var(--muted)}
.cgf .turn{fill:none;stroke:var(--ink);stroke-width:1.4}
.cgf .fork{fill:var(--paper);stroke:var(--ink);stroke-width:1.6}
.cgf .plus{stroke:var(--gradient);stroke-width:2}
.cgf .enter{fill:none;stroke:var(--muted);stroke-width:1.4}
.cgf .wash,.cgf .rule{opacity:0}
.cgf rect.wash{fill:var(--wash)}.cgf path.wash{fill:none;stroke:var(--wash);stroke-width:24}
.cgf .rule{stroke:var(--rule);stroke-width:2}
.cgf .lit .wash,.cgf .lit .rule{opacity:1}.cgf .lit .box{fill:var(--wash);stroke:var(--rule);stroke-width:3}
@media (forced-colors:active){.cgf .box,.cgf .wall{stroke:CanvasText}}
"""


def style_css(standalone: bool) -> str:
    """The picture's own rules; one that stands alone brings its colours, light and dark."""
    rules = _RULES.replace("\n", "")
    if not standalone:
        return rules
    dark = f"@media (prefers-color-scheme:dark){{.cgf{{{declarations(BOARD)}}}}}"
    return f".cgf{{{declarations(PAPER)}}}{dark}{rules}"
