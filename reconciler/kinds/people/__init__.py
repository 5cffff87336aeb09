"""Users, their licences and groups."""
