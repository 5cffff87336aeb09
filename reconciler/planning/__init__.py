"""From desired and current to an ordered plan: pure, but for `incremental`, which reads what is on disk.

diff          what differs, field by field
guards        safety rules, one in each file, and what they object to
order         operations, from references and claims; parking undoes circles
consent       what `--yes` does not approve; reversal: what `undo` could not bring back
isolation     what rests on a change that is not carried out
forecast      what carrying it out asks of the API; last_look: what a run reads once more at its end
incremental   plans without the tenant, as little read as has changed
"""
