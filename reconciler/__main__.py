"""`python -m reconciler` is the `reconcile` command."""

from reconciler.cli import entry

if __name__ == "__main__":
    entry()
