"""Reading the tenant into a snapshot: all of it, or no more than a plan needs.

`managed` reads the kinds that desired state can describe, `observed` the artefacts that are only looked at; `status`
says of each what came of it.
"""

from reconciler.inventory.beside import beside
from reconciler.inventory.callbacks import callbacks
from reconciler.inventory.holders import holders
from reconciler.inventory.managed import Need, everything, license_names, look_up, of_desired, read
from reconciler.inventory.observed import observe
from reconciler.inventory.status import Status, Statuses

__all__ = [
    "Need",
    "Status",
    "Statuses",
    "beside",
    "callbacks",
    "everything",
    "holders",
    "license_names",
    "look_up",
    "observe",
    "of_desired",
    "read",
]
