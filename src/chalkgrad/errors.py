"""Every error that chalkgrad raises, as one tree.

    ChalkgradError
    ├── TraceError            a function could not be recorded
    │   ├── LostTraceError    a value would have left the record unnoticed
    │   ├── EndedTraceError   a value was used after its trace had ended
    │   └── NotYetError       NumPy can, chalkgrad cannot yet
    ├── GradError             there is no gradient to give
    │   ├── NotDifferentiableError   the mathematics has none
    │   └── CheckError        two derivatives that should agree do not
    ├── OpError               a row of the operation table is incomplete
    ├── LatexError            a formula could not be read
    ├── SourceError           a function's source is not to be had
    ├── EngineError           an engine (XLA, JavaScript) failed
    │   └── CompileError      the function cannot become one program
    ├── NotesError            notes could not be read, run or built
    ├── TrainingError         a network could not be trained on
    │   └── DivergedError     the loss left the finite numbers; carries the last good model
    ├── DataError             a data set or a file of parameters is missing or damaged
    └── ArgumentError         an argument that no view or derivative can take

Messages name the thing, where it stands, and the cure, in that order.
"""

from __future__ import annotations


class ChalkgradError(Exception):
    """The root: `except ChalkgradError` catches whatever chalkgrad raises by itself."""


class TraceError(ChalkgradError, TypeError):
    """A function could not be recorded."""


class LostTraceError(TraceError):
    """A traced value was about to become a plain one without leaving a mark."""


class EndedTraceError(TraceError):
    """A traced value was used for something that its ended trace can no longer do."""


class NotYetError(TraceError, NotImplementedError):
    """NumPy can do this and chalkgrad cannot yet."""


class GradError(ChalkgradError, TypeError):
    """There is no gradient to give for these arguments or this result."""


class NotDifferentiableError(GradError):
    """An operation on the path has no derivative."""


class CheckError(GradError, AssertionError):
    """Two derivatives that should agree do not; carries the worst entry."""


class OpError(ChalkgradError, TypeError):
    """A row of the operation table is incomplete or contradicts another."""


class LatexError(ChalkgradError, ValueError):
    """A formula could not be read."""


class SourceError(ChalkgradError, OSError):
    """A function's source is not to be had."""


class EngineError(ChalkgradError, RuntimeError):
    """An engine failed."""


class CompileError(EngineError):
    """A function cannot become one program; the message names the line and the cure."""


class NotesError(ChalkgradError):
    """Notes could not be read, run or built."""


class TrainingError(ChalkgradError, RuntimeError):
    """A network could not be trained on."""


class DivergedError(TrainingError):
    """The loss left the finite numbers; `model` has the last good parameters, `step` says when."""

    def __init__(self, message: str, model: object = None, step: int = 0):
        super().__init__(message)
        self.model, self.step = model, step


class DataError(ChalkgradError, OSError):
    """A data set or a file of parameters is missing or damaged."""


class ArgumentError(ChalkgradError, ValueError):
    """An argument that no view and no derivative can take."""
