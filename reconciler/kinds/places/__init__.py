"""Locations, workspaces, their numbers and devices."""
