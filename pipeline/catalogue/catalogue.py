"""The catalogue as a whole."""

from types import TracebackType
from typing import Self

from pipeline.catalogue.accounts import Accounts
from pipeline.catalogue.analyses import Analyses
from pipeline.catalogue.cameras import Cameras
from pipeline.catalogue.clips import Clips
from pipeline.catalogue.comparisons import Comparisons
from pipeline.catalogue.copying import catalogue_url
from pipeline.catalogue.coverage import Coverage
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.custody_chain import Chain
from pipeline.catalogue.database import Database
from pipeline.catalogue.disclosures import Disclosures
from pipeline.catalogue.disposals import Disposals
from pipeline.catalogue.grants import Grants
from pipeline.catalogue.highlights import Highlights
from pipeline.catalogue.holds import Holds
from pipeline.catalogue.incidents import Incidents
from pipeline.catalogue.nights import Nights
from pipeline.catalogue.schema import bring_up_to_date
from pipeline.catalogue.search import Search
from pipeline.catalogue.stills import Stills
from pipeline.catalogue.stored import StoredNames
from pipeline.catalogue.triggers import Triggers
from pipeline.catalogue.upkeep import Backups, FixityRuns
from pipeline.catalogue.work import Work
from pipeline.errors import PipelineError
from pipeline.settings import StoreSettings


class Catalogue:
    """Everything that Doorstep knows, apart from the bytes. Every writing method may be repeated after a crash.

    Attributes:
        accounts: Linked accounts.
        cameras: Cameras and their zones.
        grants: What residents allow.
        triggers: Why cameras recorded.
        coverage: What was asked, and what came of it.
        clips: Acquired originals.
        analyses: What was seen in them.
        stills: Pictures of the ends of clips.
        comparisons: Clips compared with the one before them.
        search: Finds events.
        highlights: What was cut from them.
        incidents: What they are attached to.
        nights: Which night runs, and under whose lease.
        disclosures: Packages that left the house.
        work: How far each clip has come in a night.
        holds: Orders not to delete.
        disposals: What went, and what of it is left to do.
        stored: Which stored objects somebody names.
        fixity: When stored objects were checked.
        backups: Copies of the whole that were made.
        custody: The append-only log.
    """

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self.custody = CustodyLog(database, chain)
        self.accounts = Accounts(database, self.custody)
        self.cameras = Cameras(database, self.custody)
        self.grants = Grants(database, self.custody)
        self.triggers = Triggers(database)
        self.coverage = Coverage(database)
        self.clips = Clips(database, self.custody)
        self.analyses = Analyses(database, self.custody)
        self.stills = Stills(database)
        self.comparisons = Comparisons(database, self.custody)
        self.search = Search(database)
        self.highlights = Highlights(database, self.custody)
        self.incidents = Incidents(database, self.custody)
        self.disclosures = Disclosures(database, self.custody)
        self.nights = Nights(database)
        self.work = Work(database)
        self.holds = Holds(database, self.custody)
        self.fixity = FixityRuns(database, self.custody)
        self.backups = Backups(database, self.custody)
        self.disposals = Disposals(database, self.custody)
        self.stored = StoredNames(database)

    @classmethod
    def open(cls, settings: StoreSettings, chain: Chain) -> Self:
        """Opens the database that the settings name, made or brought up to date when needed.

        Args:
            settings: Where it lies.
            chain: Links and signs custody records.

        Raises:
            SettingsError: The URL names no database that we can use.
            CatalogueLockedError: The database does not answer.
            CatalogueError: A newer Doorstep wrote it, or it is damaged.
            StorageError: Its folder cannot be written.
        """
        database = Database.at(catalogue_url(settings), settings.database_wait_seconds)
        catalogue = cls(database, chain)
        try:
            bring_up_to_date(database)
            catalogue.custody.begin()
        except PipelineError:
            catalogue.close()
            raise
        return catalogue

    def close(self) -> None:
        """Closes the connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
