"""What an upload job is and means. Pure Python."""
