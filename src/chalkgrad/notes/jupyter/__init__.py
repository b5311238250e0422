"""Notes as notebooks: text and code in order, runnable from top to bottom.

cells    a note as a list of cells
shows    where `cg.show` stands, and with which arguments
build    notes into a folder of notebooks
"""
