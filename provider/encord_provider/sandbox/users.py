"""Who calls: a key pair is a user, and all users belong to one organisation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class User:
    """A caller whose credential held."""

    name: str
    """The public key (64 hex digits), or what stands for a bearer token."""

    @property
    def email(self) -> str:
        """Address that owns what the caller makes."""
        return f"{self.name.replace(' ', '-')[:18]}@sandbox.localhost"
