"""What `state/` was on other days: out of git, out of dated copies, out of any folder with a snapshot in it.

`sides` opens a snapshot wherever it lies, `comparing` tells two apart, `listing` says which there are and which runs
lie between them, `blaming` since when a value is there, `retention` what may go. Git's own history is never touched.
"""
