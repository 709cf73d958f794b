"""The words of the field, and the one place where they are stored."""
