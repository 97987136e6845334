"""The fixity schedule as a flow: what is missing or changed fails the run, so that nobody overlooks it."""

from prefect import flow

from pipeline.catalogue.upkeep import FixityRun
from pipeline.errors import FixitySurveyError
from pipeline.night.services import open_services
from pipeline.retention.fixity import check_store
from pipeline.settings import Settings


@flow(name="fixity", validate_parameters=False, persist_result=False)
def fixity() -> FixityRun:
    """Checks what is due today. Its report lies in ``fixity/`` of the store's directory.

    Raises:
        FixitySurveyError: An object is missing or changed.
        PipelineError: The store or the catalogue cannot be used.
    """
    with open_services(Settings()) as services:
        run = check_store(services)
    if run.wrong:
        raise FixitySurveyError(run.wrong)
    return run
