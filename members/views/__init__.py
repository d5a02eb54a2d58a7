"""Pages about people and their money."""
