"""Tenant against desired, by the control API alone: random tenants, each with one of the faults of issue 10 in it.

    python -m tests.properties.differential --tenants 300 --seed 1 [--only CLASS] [--product CHECKOUT]

desk.py      one tenant and one repository, the command line in this process, in virtual time
oracle.py    what the tenant's own state says after a command that ended with 0; asks nothing of the product
worlds.py    tenants and desired states of no particular class, which every class has around it
classes/     one file per class: what is drawn, and what is done
running.py   one example after the other, and the table
"""
