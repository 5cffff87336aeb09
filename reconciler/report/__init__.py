"""One view of a plan and of an apply, and its renderings: pure, data in, text out.

`view` computes every number, word and line once; `text`, `markdown` and `html` only lay them out.
"""
