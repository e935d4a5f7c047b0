"""Facing Encord: the one package that drives the SDK, and the asynchronous polling beside it."""
