"""What to change on items that are there already. Pure Python."""
