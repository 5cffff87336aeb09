"""Workspaces and devices."""
