"""Serves the night, the retention sweep and the fixity checks on a schedule: ``python -m flows.serve``.

For a work pool see prefect.yaml.
"""

from typing import Any

from flows.prefect_home import prefect_server, settle_prefect
from pipeline.settings import Settings

_SWEEP_AFTER, _FIXITY_AFTER = 2, 3
"""Hours after the night begins; neither waits for it, and neither is in its way."""


def main() -> None:
    """Runs until it is stopped; a flow that is still running when it is next due is not started twice."""
    settings = Settings()
    home = settings.store.directory / "prefect"
    settle_prefect(home)
    with prefect_server(home):
        serve_all(settings)


def serve_all(settings: Settings) -> None:
    """Serves every flow each day; Prefect reads its settings when it is imported, so it is imported here."""
    from prefect import Flow, serve
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron

    from flows.fixity import fixity
    from flows.overnight import overnight
    from flows.retention import retention

    def daily(flow: "Flow[Any, Any]", name: str, hours_after: int) -> RunnerDeployment:
        hour = (settings.night.starts_at_hour + hours_after) % 24
        schedule = Cron(f"0 {hour} * * *", timezone=settings.night.time_zone)
        made = flow.to_deployment(name=name, schedule=schedule, concurrency_limit=1)
        if not isinstance(made, RunnerDeployment):
            raise TypeError(f"a flow became {type(made).__name__}")
        return made

    serve(
        daily(overnight, "every-night", 0),
        daily(retention, "every-day", _SWEEP_AFTER),
        daily(fixity, "every-day", _FIXITY_AFTER),
    )


if __name__ == "__main__":
    main()
