"""The night: fetch what the grants cover, look at it, attach what belongs to an incident, and say what came of it.

Prefect runs the steps and shows them; the record of how far a night has come is our own ledger. A night that was killed
is simply run again: every step finds what is kept already and goes on behind it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any, ParamSpec, TypeVar

from prefect import Task, flow
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import wait
from prefect.task_runners import ThreadPoolTaskRunner

from pipeline.casework.morning_mail import send_mornings
from pipeline.casework.near.mailing import Sent, send_digests
from pipeline.casework.neighbours.ending import sweep_reports
from pipeline.casework.partner.webhooks import work_off
from pipeline.casework.requests.post import mail_requests
from pipeline.casework.saved_searches import run_after_night
from pipeline.catalogue.mailings import Mailing
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import PipelineError
from pipeline.night.attach import attach_highlights
from pipeline.night.between import compare_clips
from pipeline.night.gather import gather_account
from pipeline.night.incident_reports import write_report
from pipeline.night.look import claim_batch, look_at_batch, plan_work
from pipeline.night.morning import report_folder, write_morning
from pipeline.night.services import AGENT, Services, open_services
from pipeline.night.tonight import Tonight, open_night
from pipeline.night.workers import Eyes, open_eyes, worker_count, worker_pool
from pipeline.reports import MorningReport
from pipeline.reports.words import kind_words, outcome_words
from pipeline.retention.disposal import Finished
from pipeline.retention.revocation import finish_revocations
from pipeline.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

_PAUSES = [5.0, 30.0]
"""Seconds before a step that failed in a way that may pass is tried again."""


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether the error itself says that the same call may succeed later."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, PipelineError) and error.retryable


def _step(work: Callable[P, R], name: str) -> Task[P, R]:
    """A plain function as a step that Prefect shows, and tries again when its error may pass."""
    return Task(
        work,
        name=name,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(_PAUSES),
        retry_delay_seconds=_PAUSES,
        retry_condition_fn=_may_pass,
    )


def _write_reports(tonight: Tonight) -> MorningReport:
    """Writes the open incidents' reports and the morning report, and finishes the night."""
    services = tonight.services
    reports = {}
    for incident in services.catalogue.incidents.live():
        relative = f"incidents/{incident.incident_id}"
        folder = report_folder(services, tonight.key) / relative
        write_report(services, incident.incident_id, folder, AGENT, CustodyAction.DERIVED)
        reports[incident.incident_id] = f"{relative}/report.html"
    morning, files = write_morning(tonight, reports)
    tonight.finish(files.json.read_text(encoding="utf-8"))
    create_markdown_artifact(_pointer(morning), key=f"morning-{tonight.key}")
    return morning


def _pointer(morning: MorningReport) -> str:
    """What Prefect keeps of a night: counts, and nothing that a revocation would have to delete there."""
    state = "complete" if morning.is_complete else f"{morning.left_over} left for the next night"
    counts = [(outcome_words(outcome), count) for outcome, count in morning.outcomes.items()]
    counts += [(kind_words(kind), count) for kind, count in morning.events.most_common()]
    counts += [("highlights", len(morning.highlights)), ("waiting for a person", len(morning.attention))]
    rows = "\n".join(f"| {words} | {count} |" for words, count in counts)
    said = f"Night of {morning.night}: {state}. The report lies in the store, the morning at the desk."
    return f"{said}\n\n| what | how many |\n| --- | ---: |\n{rows}\n"


def _notify(tonight: Tonight) -> None:
    """Runs the saved searches that tell their agents what is new."""
    run_after_night(tonight.services, tonight.key)


def _mail(tonight: Tonight) -> tuple[Mailing, ...]:
    """Mails the morning, and writes to residents of requests; what does not leave, the next night tries again."""
    mail_requests(tonight.services)
    return send_mornings(tonight.services, tonight.key)


def _tell_neighbours(tonight: Tonight) -> Sent:
    """Mails the news of neighbourhoods; what could not be handed over is told by the next night."""
    return send_digests(tonight.services)


def _clear(services: Services) -> Finished:
    """Heeds what residents said, here and in their source's own app, before anything is fetched."""
    work_off(services)
    return finish_revocations(services)


clear = _step(_clear, "clear")
sweep_neighbours = _step(sweep_reports, "neighbours")
fetch = _step(gather_account, "fetch")
look = _step(look_at_batch, "look")
between = _step(compare_clips, "between")
attach = _step(attach_highlights, "attach")
report = _step(_write_reports, "report")
notify = _step(_notify, "notify")
mail = _step(_mail, "mail")
tell_neighbours = _step(_tell_neighbours, "tell neighbours")


@flow(
    name="overnight",
    task_runner=ThreadPoolTaskRunner(max_workers=8),  # type: ignore[arg-type]  # of any result
    validate_parameters=False,
    persist_result=False,
)
def overnight(night: str | None = None) -> MorningReport:
    """Runs one night to its morning report.

    Args:
        night: Its key, for example ``2026-03-10``; None for the night that it is now.

    Raises:
        NightAlreadyRunningError: Another process runs a night and is alive.
        PipelineError: The store, the catalogue or the weights cannot be used.
    """
    settings = Settings()
    with open_services(settings) as services, open_night(services, night) as tonight:
        clear(services)  # what was revoked goes before anything is fetched
        sweep_neighbours(services)
        fetched = [fetch.submit(tonight, account) for account in services.catalogue.accounts.list()]
        wait(fetched)  # all of them, before one that failed ends the night: nobody fetches without the lease
        for future in fetched:
            future.result()

        eyes = open_eyes(settings)
        with worker_pool(settings) as pool:  # a worker starts with the first piece of work
            if plan_work(tonight, eyes):
                _look_at_all(tonight, eyes, pool)
            between(tonight, eyes, pool)

        attach(services)
        morning = report(tonight)
        notify(tonight)
        mail(tonight)
        tell_neighbours(tonight)
        return morning


def _look_at_all(tonight: Tonight, eyes: Eyes, pool: Executor) -> None:
    """As many batches at once as there are workers, until nothing is left or the deadline has passed."""
    at_once = worker_count(tonight.services.settings)
    running: list[Any] = []
    try:
        for batch in _batches(tonight):
            running.append(look.submit(tonight, batch, eyes, pool))
            if len(running) == at_once:
                running.pop(0).result()
    finally:
        wait(running)  # also when one failed: nobody looks without the lease
    for future in running:
        future.result()


def _batches(tonight: Tonight) -> Iterator[tuple[str, ...]]:
    while batch := claim_batch(tonight):
        yield batch
