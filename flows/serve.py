"""Serves the night on a schedule: ``python -m flows.serve``. For a work pool see prefect.yaml."""

from flows.prefect_home import prefect_server, settle_prefect
from pipeline.settings import Settings


def main() -> None:
    """Runs until it is stopped; a night that is still running when the next is due is not started twice."""
    settings = Settings()
    home = settings.store.directory / "prefect"
    settle_prefect(home)
    with prefect_server(home):
        from prefect.schedules import Cron  # Prefect reads its settings when it is imported

        from flows.overnight import overnight

        schedule = Cron(f"0 {settings.night.starts_at_hour} * * *", timezone=settings.night.time_zone)
        overnight.serve(name="every-night", schedule=schedule, global_limit=1)


if __name__ == "__main__":
    main()
