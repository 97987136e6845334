"""The retention sweep as a flow: what is due goes, and what an earlier deletion left is finished."""

from prefect import flow

from pipeline.casework.neighbours.ending import sweep_reports
from pipeline.errors import DisposalLeftError
from pipeline.night.services import open_services
from pipeline.retention.sweep import SweepReport, sweep
from pipeline.settings import Settings


@flow(name="retention", validate_parameters=False, persist_result=False)
def retention() -> SweepReport:
    """Sweeps once. Its report lies in ``retention/`` of the store's directory.

    Raises:
        DisposalLeftError: Something could not be deleted; the next sweep tries again.
        PipelineError: The store or the catalogue cannot be used.
    """
    with open_services(Settings()) as services:
        left = sweep_reports(services).left
        report = sweep(services)
    if report.failed or left:
        raise DisposalLeftError((*report.failed, *left))
    return report
