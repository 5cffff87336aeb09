"""reconciler: GitOps desired-state reconciler for Webex Calling."""

__version__ = "0.1.0"
