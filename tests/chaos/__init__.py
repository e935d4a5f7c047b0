"""Storms: the steps of a run, struck at every side effect, and what must hold when it is calm again."""
