"""Notes that check themselves.

finding    what is found: codes, severities, findings, what became of each formula
code       the fences of a note as one tree, whose places are the file's
names      CG102, CG105: names that nothing defines, names that the prelude supplied
attributes CG104: names that a module does not have
failures   CG101, CG103: fences that do not parse, that raise
compare    one formula and one function, in numbers
formulas   CG201, CG202: which function a formula speaks of, and whether they agree
results    two results as text, piece by piece
claims, sentences, examples
           what a note says its code gives: prompts, comments, blocks; prose; docstrings
chance     which of that is another each time
verdicts   whether it is what the code gives
stated     CG302: all of that, and what the process that runs the note is asked for
github_seen, github_math
           CG203: what Markdown does to formulas; what GitHub does, and the cures
imports    the cure of CG105
images     CG401: figures that are not here
wishes     what the authors want left out: comments, `[tool.chalkgrad]`, options
run        all of it, for many notes; `check`
text, data, sarif
           what is printed: for people; for programs
fix        `check --fix`
"""
