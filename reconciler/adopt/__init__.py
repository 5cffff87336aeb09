"""Current state into `desired/`: new files for what is not described yet, single fields for what is.

What is at rest is left out (no forwarding, inherited permissions), so that a file says only what somebody decided;
what is written is enforced from then on. Adopting everything and planning then gives no change.
"""

from reconciler.adopt.adopted import Adopted
from reconciler.adopt.adopting import adopt
from reconciler.adopt.entries import entry, slug

__all__ = ["Adopted", "adopt", "entry", "slug"]
