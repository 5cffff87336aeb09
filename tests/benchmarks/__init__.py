"""`python -m tests.benchmarks`: how fast plans from files are, against anchors measured in the same run."""
