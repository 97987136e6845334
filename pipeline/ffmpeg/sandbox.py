"""Which protection this machine gives to a process that reads foreign bytes, for ``doorstep doctor``."""

from pipeline.confinement import WallState, probe_walls


def sandbox_report() -> tuple[WallState, ...]:
    """Every wall, in a fixed order, tried on this machine; ``stands`` is False where the kernel refuses it."""
    return probe_walls()
