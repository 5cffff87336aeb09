"""Premises-based PSTN and call routing: trunks, route groups and lists, dial plans, translation patterns."""
