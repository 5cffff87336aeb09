"""What the commands do that is more than one line of `pipeline.py`: exporting, planning, carrying out, taking back."""
