"""Serves the night on a schedule: ``python -m flows.serve``. For a work pool see prefect.yaml."""

import os
import signal
from types import FrameType

from flows.prefect_home import prefect_server, settle_prefect
from pipeline.settings import Settings

_SAID = (
    "\nstopped: no night is started any more. What was fetched and looked at is kept.\n"
    "what to do: `python -m flows.serve` goes on; a night that was stopped on the way is taken up by the next one\n"
)


def _end(number: int, _frame: FrameType | None) -> None:
    """Ends this process at once: unwinding Prefect takes minutes and prints a traceback that says nothing of use.

    A running night is a process of its own, which a terminal's Ctrl-C ends too, and which loses nothing by it.
    """
    os.write(2, _SAID.encode())
    os._exit(128 + number)


def main() -> None:
    """Runs until it is stopped; a night that is still running when the next is due is not started twice."""
    settings = Settings()
    home = settings.store.directory / "prefect"
    settle_prefect(home)
    signal.signal(signal.SIGINT, _end)
    with prefect_server(home, for_schedules=True):
        from prefect.schedules import Cron  # Prefect reads its settings when it is imported

        from flows.overnight import overnight

        schedule = Cron(f"0 {settings.night.starts_at_hour} * * *", timezone=settings.night.time_zone)
        overnight.serve(name="every-night", schedule=schedule, global_limit=1)


if __name__ == "__main__":
    main()
