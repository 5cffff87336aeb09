"""reconciler: GitOps desired-state reconciler for Webex Calling."""

#: What `pip install` takes; `reconciler` on the index is somebody else's. pyproject.toml says the same.
DISTRIBUTION = "webex-reconciler"
__version__ = "0.1.0"
