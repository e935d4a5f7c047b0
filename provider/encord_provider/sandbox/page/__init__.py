"""The sandbox's page: what is in it, for people to look at; read-only, unsigned, no scripts."""

from encord_provider.sandbox.page.routes import router

__all__ = ["router"]
