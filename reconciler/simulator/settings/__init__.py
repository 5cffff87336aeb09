"""Call settings of people, workspaces, virtual lines and locations."""
