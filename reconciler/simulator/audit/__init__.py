"""Admin audit events: what every successful write leaves behind, and the calls that read it."""
