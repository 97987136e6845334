"""What left the house is written down with its custody, and found again by what was inside."""

import pytest

from pipeline.catalogue import Catalogue
from pipeline.domain.evidence import CustodyAction, Disclosure
from pipeline.errors import RecordNotFoundError
from tests.builders import EVENING
from tests.catalogue.stories import an_entry, digest_of


def a_disclosure(package_id: str = "EV-1", *acquisition_ids: str) -> Disclosure:
    return Disclosure(
        package_id=package_id,
        incident_id="in-1",
        recipient="Oak Street police",
        purpose="package theft",
        at=EVENING,
        agent="kim",
        tag_manifest=digest_of("tags"),
        acquisition_ids=acquisition_ids,
        originals=(digest_of("clip"),),
        grants=("gr-1 v1",),
    )


def test_a_disclosure_is_written_once_with_its_custody(catalogue: Catalogue) -> None:
    disclosure = a_disclosure("EV-1", "aq-1", "aq-2")
    entry = an_entry("EV-1", CustodyAction.DISSEMINATED)

    assert catalogue.disclosures.save(disclosure, [entry])
    assert not catalogue.disclosures.save(disclosure, [entry])

    assert catalogue.disclosures.get("EV-1") == disclosure
    assert catalogue.disclosures.of_incident("in-1") == (disclosure,)
    assert [record.entry for record in catalogue.custody.records()] == [entry]


def test_disclosures_are_found_by_what_was_inside_and_outlive_it(catalogue: Catalogue) -> None:
    first, second = a_disclosure("EV-1", "aq-1"), a_disclosure("EV-2", "aq-1", "aq-2")
    for one in (first, second):
        catalogue.disclosures.save(one, [])

    assert catalogue.disclosures.of_acquisitions(["aq-2"]) == (second,)
    assert catalogue.disclosures.of_acquisitions(["aq-1", "aq-2"]) == (first, second)
    assert catalogue.disclosures.of_acquisitions([]) == ()


def test_an_unknown_package_is_said_to_be_unknown(catalogue: Catalogue) -> None:
    with pytest.raises(RecordNotFoundError, match="no package EV-9"):
        catalogue.disclosures.get("EV-9")
