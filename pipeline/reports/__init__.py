"""Reports: one frozen record each, and the page, the paper, the JSON and the Markdown that are made of it."""

from pipeline.reports.incident_report import (
    Agency,
    CameraCoverage,
    IncidentReport,
    OtherClip,
    OutcomeCount,
    ReportedEvent,
    ReportedHighlight,
    SilentClip,
)
from pipeline.reports.morning_report import (
    Attention,
    AttentionKind,
    CameraNight,
    KindCount,
    MorningReport,
    NightHighlight,
    NightIncident,
    OpinionCount,
    ReasonCount,
)
from pipeline.reports.paper import set_paper
from pipeline.reports.receipt import DeletedLine, KeptLine, Receipt, SignedReceipt, receipt_words, write_receipt
from pipeline.reports.terminal import to_markdown
from pipeline.reports.write import (
    IncidentReportFiles,
    MorningReportFiles,
    incident_paper,
    pictures_of,
    to_json,
    write_incident_report,
    write_morning_report,
)

__all__ = [
    "Agency",
    "Attention",
    "AttentionKind",
    "CameraCoverage",
    "CameraNight",
    "DeletedLine",
    "IncidentReport",
    "IncidentReportFiles",
    "KeptLine",
    "KindCount",
    "MorningReport",
    "MorningReportFiles",
    "NightHighlight",
    "NightIncident",
    "OpinionCount",
    "OtherClip",
    "OutcomeCount",
    "ReasonCount",
    "Receipt",
    "ReportedEvent",
    "ReportedHighlight",
    "SignedReceipt",
    "SilentClip",
    "incident_paper",
    "pictures_of",
    "receipt_words",
    "set_paper",
    "to_json",
    "to_markdown",
    "write_incident_report",
    "write_morning_report",
    "write_receipt",
]
