"""The paths of Encord's API."""
