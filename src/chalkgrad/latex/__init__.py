"""LaTeX → something that can be evaluated and compared.

tokens       source → tokens
cursor, brackets, commands, scripts, reader
             tokens → syntax tree, ambiguities kept
sugar        ways of writing that stand for others, token by token
formula      several formulas in one piece of mathematics; `read`
names, known, conventions
             what names, functions and habits are
habits       names as people write them, in the names that there are
products, sums, bind
             the tree, ambiguities settled by what is known
meaning      numbers; `evaluate`
text         one plain line; `to_text`
"""

from chalkgrad.latex.conventions import HANDWRITTEN as HANDWRITTEN
from chalkgrad.latex.conventions import POINTWISE as POINTWISE
from chalkgrad.latex.conventions import PRINTED as PRINTED
from chalkgrad.latex.conventions import Conventions as Conventions
from chalkgrad.latex.formula import Formula as Formula
from chalkgrad.latex.formula import read as read
from chalkgrad.latex.known import NOTATION as NOTATION
from chalkgrad.latex.meaning import evaluate as evaluate
from chalkgrad.latex.meaning import evaluate_lines as evaluate_lines
from chalkgrad.latex.text import to_text as to_text
