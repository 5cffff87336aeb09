"""What is on disk of a run: its journal, its lock, the wish that it pause; and which runs there have been."""
