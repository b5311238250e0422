"""Notes for GitHub: formulas and figures below the fences, in Markdown that GitHub renders by itself.

blocks    what is ours in a note: between markers, put in and taken out byte for byte
figures   the formulas and pictures of one function
outlines  pictures whose text is drawn as outlines, in fixed colours
made      one note with its figures
build     notes into a folder, or in place
"""
