"""Which highlights belong to which incident and why; reports as HTML and PDF."""
