"""Training of the parcel classifier; run by hand as ``python -m models.package_likeness_training``."""
