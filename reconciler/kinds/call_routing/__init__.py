"""Trunks, route groups and lists, dial plans, patterns."""
