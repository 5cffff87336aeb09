"""The number inventory: adding and removing, lists, what is available, validation."""
