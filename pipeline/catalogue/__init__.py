"""The database: what is known of accounts, cameras, grants, clips, events, highlights, incidents and nights."""

from pipeline.catalogue.analyses import AnalysisKey, FailedAnalysis
from pipeline.catalogue.catalogue import Catalogue
from pipeline.catalogue.comparisons import Gap

__all__ = ["AnalysisKey", "Catalogue", "FailedAnalysis", "Gap"]
