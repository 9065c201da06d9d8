"""The conditions of the lifecycle table, by subject; each is entered under its name when its module is loaded."""

from . import approval, ending, intake, linked, review
from .clause import GUARDS
from .move import Move, Supply, changes

__all__ = ["GUARDS", "Move", "Supply", "approval", "changes", "ending", "intake", "linked", "review"]
