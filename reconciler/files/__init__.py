"""Any file: its bytes as text (textfile), written whole or not at all (wholefile), and never through a link that leads
out of the repository (links)."""
