"""The only door to git. The commit of HEAD is read from the repository's files, because nothing has to start for that;
everything else asks the program, in a way in which nothing that was committed can run (command.py, place.py).

GitPython is not used: it takes no variable out of git's environment, finds repositories by itself (a folder laid out as
a bare one too), runs hooks by itself, and fails in ways of its own for each thing that can be wrong with a repository.
"""

from __future__ import annotations

from reconciler.repository.git.checkout import head
from reconciler.repository.git.committing import commit_all, diff
from reconciler.repository.git.past import Past, past
from reconciler.repository.git.working import differing

__all__ = ["Past", "commit_all", "diff", "differing", "head", "past"]
