"""Current state into `desired/`: new files for what is not described yet, single fields for what is.

What is at rest or as the API gives it to whom nobody has configured is left out (no forwarding, inherited permissions,
three rings), so that a file says only what somebody decided; in full it is written too. What is written is enforced
from then on. Adopting everything and planning then gives no change.
"""

from reconciler.adopt.adopted import Adopted
from reconciler.adopt.adopting import adopt
from reconciler.adopt.entries import entry, slug

__all__ = ["Adopted", "adopt", "entry", "slug"]
