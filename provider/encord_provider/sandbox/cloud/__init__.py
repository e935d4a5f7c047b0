"""Read the objects that clients register, wherever they are, with the credentials of an integration."""

from encord_provider.sandbox.cloud.integration import Integration
from encord_provider.sandbox.cloud.listing import ListedObject, list_objects
from encord_provider.sandbox.cloud.object_reader import ObjectReader, ObjectUnreadable
from encord_provider.sandbox.cloud.objects import open_object, sign_url

__all__ = [
    "Integration",
    "ListedObject",
    "ObjectReader",
    "ObjectUnreadable",
    "list_objects",
    "open_object",
    "sign_url",
]
