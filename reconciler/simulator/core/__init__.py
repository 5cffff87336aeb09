"""What every resource of the simulator stands on: store, clock, ids, errors, routing, paging, faults."""
