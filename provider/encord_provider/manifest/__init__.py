"""What Encord is asked to register: objects, units, manifests and their limits. Pure Python."""
