"""Settings that several owners have: one declaration each, for all of them."""
