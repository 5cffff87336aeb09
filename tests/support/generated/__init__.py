"""What conformance generates from the declaration of a kind and from the simulator, without a case written by hand."""
