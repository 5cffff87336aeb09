"""Locations, calling at a location, its PSTN connection and internal dialing."""
