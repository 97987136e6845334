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
from pipeline.reports.paper import typeset
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
    "IncidentReport",
    "IncidentReportFiles",
    "KindCount",
    "MorningReport",
    "MorningReportFiles",
    "NightHighlight",
    "NightIncident",
    "OpinionCount",
    "OtherClip",
    "OutcomeCount",
    "ReasonCount",
    "ReportedEvent",
    "ReportedHighlight",
    "SilentClip",
    "incident_paper",
    "pictures_of",
    "to_json",
    "to_markdown",
    "typeset",
    "write_incident_report",
    "write_morning_report",
]
