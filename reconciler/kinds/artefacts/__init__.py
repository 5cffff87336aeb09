"""Artefacts of the inventory that nobody manages: read only, one file each (or a family that differs in a word)."""
