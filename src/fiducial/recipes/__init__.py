"""Recipes: named inputs, steps and outputs in YAML; and how a file was made, told and redone."""

from .history import history
from .parts import Recipe
from .recipe import read_recipe
from .replay import Replay, replay
from .run import run_recipe
from .schema import schema

__all__ = ["Recipe", "Replay", "history", "read_recipe", "replay", "run_recipe", "schema"]
