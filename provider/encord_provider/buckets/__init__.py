"""Facing the clouds: list a bucket, read ranges of objects, write small ones."""
