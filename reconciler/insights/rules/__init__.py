"""The rules that come along: a module a subject, each with its `RULES`."""
