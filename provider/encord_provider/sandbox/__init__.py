"""An Encord on localhost: the wire of the real platform, for demos, docs and tests."""
