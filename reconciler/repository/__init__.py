"""What is in the repository that a tenant is described in, and how it is read and written.

desired     `desired/`: what is wanted, in YAML and CSV, one language of values
store       `state/`: the snapshot
git         commits, refs and what was changed since
local       `.reconcile/`: what is kept from one run to the next on this machine, never committed
yamlfile    YAML, for reading and editing, within bounds (yamlbounds); csvfile: tables
conflicts   what a merge leaves in a file
"""
