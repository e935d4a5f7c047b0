"""How a unit becomes an item: examined through its integration, then settled in one transaction."""
