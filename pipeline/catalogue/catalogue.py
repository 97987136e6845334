"""The catalogue as a whole."""

from types import TracebackType
from typing import Self

from pipeline.catalogue.accounts import Accounts
from pipeline.catalogue.agent_sessions import AgentSessions
from pipeline.catalogue.agents import Agents
from pipeline.catalogue.analyses import Analyses
from pipeline.catalogue.appearance import Appearances
from pipeline.catalogue.approvals import Approvals
from pipeline.catalogue.cameras import Cameras
from pipeline.catalogue.clips import Clips
from pipeline.catalogue.comparisons import Comparisons
from pipeline.catalogue.copying import catalogue_url
from pipeline.catalogue.coverage import Coverage
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.custody_chain import Chain
from pipeline.catalogue.custody_reading import CustodyReading
from pipeline.catalogue.database import Database
from pipeline.catalogue.digests import Digests
from pipeline.catalogue.disclosures import Disclosures
from pipeline.catalogue.disposals import Disposals
from pipeline.catalogue.footage_requests import FootageRequests
from pipeline.catalogue.grants import Grants
from pipeline.catalogue.highlights import Highlights
from pipeline.catalogue.holds import Holds
from pipeline.catalogue.incident_people import IncidentPeople
from pipeline.catalogue.incidents import Incidents
from pipeline.catalogue.index.find import EventIndex
from pipeline.catalogue.jobs import Jobs
from pipeline.catalogue.mailings import Mailings
from pipeline.catalogue.misses import Misses
from pipeline.catalogue.neighbour_files import NeighbourFiles
from pipeline.catalogue.neighbour_reports import NeighbourReports
from pipeline.catalogue.night_figures import NightFigures
from pipeline.catalogue.nights import Nights
from pipeline.catalogue.partner import Partner
from pipeline.catalogue.previews import Previews
from pipeline.catalogue.request_answers import RequestAnswers
from pipeline.catalogue.resident_sessions import ResidentSessions
from pipeline.catalogue.residents import Residents
from pipeline.catalogue.saved_searches import SavedSearches
from pipeline.catalogue.schema import bring_up_to_date
from pipeline.catalogue.search import Search
from pipeline.catalogue.sign_in_tries import SignInTries
from pipeline.catalogue.stills import Stills
from pipeline.catalogue.stored import StoredNames
from pipeline.catalogue.tags import Tags
from pipeline.catalogue.transparency import TransparencyReports
from pipeline.catalogue.triggers import Triggers
from pipeline.catalogue.unfinished import require_no_restore
from pipeline.catalogue.upkeep import Backups, FixityRuns
from pipeline.catalogue.work import Work
from pipeline.errors import CatalogueLockedError, PipelineError
from pipeline.settings import StoreSettings


class Catalogue:
    """Everything that Doorstep knows, apart from the bytes. Every writing method may be repeated after a crash.

    Attributes:
        accounts: Linked accounts.
        cameras: Cameras and their zones.
        grants: What residents allow.
        footage_requests: What agencies ask of residents, and the public log of it.
        answers: What residents answer, and keep for themselves alone.
        triggers: Why cameras recorded.
        coverage: What was asked, and what came of it.
        clips: Acquired originals.
        analyses: What was seen in them.
        appearances: Colours and vectors of what was seen.
        stills: Pictures of the ends of clips.
        comparisons: Clips compared with the one before them.
        search: Finds events.
        index: Finds current events at the desk, in visits.
        saved_searches: Searches that agents keep.
        highlights: What was cut from them.
        incidents: What they are attached to.
        people: Whom agents told of beside an incident, sealed.
        approvals: What a second person approved.
        jobs: Work of the desk that runs beside.
        tags: What people said of events.
        misses: What people saw in clips and no event says.
        previews: What was made for somebody who looked.
        partner: What Ring's partner interface sent by itself.
        nights: Which night runs, and under whose lease.
        figures: What nights came to in numbers.
        digests: Who gets the news of a neighbourhood by mail.
        mailings: Mails of mornings, and whether they left.
        disclosures: Packages that left the house.
        work: How far each clip has come in a night.
        holds: Orders not to delete.
        disposals: What went, and what of it is left to do.
        stored: Which stored objects somebody names.
        fixity: When stored objects were checked.
        backups: Copies of the whole that were made.
        agents: Who may sign in at the desk.
        sessions: Who is signed in.
        residents: Who may sign in at home.
        resident_sessions: Which residents are signed in, and links by mail.
        tries: How often signing in failed of late.
        neighbour_reports: What neighbours reported, and what of it is published.
        neighbour_files: Their photos and videos, on their way and whole.
        transparency: Transparency reports that were published.
        custody: The append-only log.
        custody_reading: The log in part.
    """

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self.custody = CustodyLog(database, chain)
        self.custody_reading = CustodyReading(database)
        self.accounts = Accounts(database, self.custody)
        self.cameras = Cameras(database, self.custody)
        self.grants = Grants(database, self.custody)
        self.triggers = Triggers(database)
        self.coverage = Coverage(database)
        self.clips = Clips(database, self.custody)
        self.analyses = Analyses(database, self.custody)
        self.appearances = Appearances(database)
        self.stills = Stills(database)
        self.comparisons = Comparisons(database, self.custody)
        self.search = Search(database)
        self.index = EventIndex(database)
        self.saved_searches = SavedSearches(database, self.custody)
        self.highlights = Highlights(database, self.custody)
        self.incidents = Incidents(database, self.custody)
        self.people = IncidentPeople(database, self.custody)
        self.approvals = Approvals(database, self.custody)
        self.jobs = Jobs(database)
        self.tags = Tags(database, self.custody)
        self.misses = Misses(database, self.custody)
        self.previews = Previews(database, self.custody)
        self.disclosures = Disclosures(database, self.custody)
        self.nights = Nights(database)
        self.figures = NightFigures(database)
        self.mailings = Mailings(database, self.custody)
        self.work = Work(database)
        self.holds = Holds(database, self.custody)
        self.fixity = FixityRuns(database, self.custody)
        self.backups = Backups(database, self.custody)
        self.disposals = Disposals(database, self.custody)
        self.stored = StoredNames(database)
        self._open_doors(database)

    def _open_doors(self, database: Database) -> None:
        """What the three doors keep: of agents, of residents, of neighbours, and what lies between them."""
        self.agents = Agents(database, self.custody)
        self.sessions = AgentSessions(database, self.custody)
        self.tries = SignInTries(database)
        self.partner = Partner(database)
        self.residents = Residents(database, self.custody)
        self.resident_sessions = ResidentSessions(database, self.custody)
        self.transparency = TransparencyReports(database, self.custody)
        self.neighbour_reports = NeighbourReports(database, self.custody)
        self.neighbour_files = NeighbourFiles(database, self.custody)
        self.digests = Digests(database, self.custody)
        self.footage_requests = FootageRequests(database, self.custody)
        self.answers = RequestAnswers(database, self.grants)

    @classmethod
    def open(cls, settings: StoreSettings, chain: Chain, *, is_restoring: bool = False) -> Self:
        """Opens the database that the settings name, made or brought up to date when needed.

        Args:
            settings: Where it lies.
            chain: Links and signs custody records.
            is_restoring: Also one that is being restored; for the restore alone.

        Raises:
            RestoreUnfinishedError: A restore into it was begun and left.
            SettingsError: The URL names no database that we can use.
            CatalogueLockedError: The database does not answer.
            CatalogueError: A newer Doorstep wrote it, or it is damaged.
            StorageError: Its folder cannot be written.
        """
        database = Database.at(catalogue_url(settings), settings.database_wait_seconds)
        catalogue = cls(database, chain)
        try:
            if not is_restoring:
                require_no_restore(database)
            bring_up_to_date(database)
            catalogue.custody.begin()
        except PipelineError:
            catalogue.close()
            raise
        return catalogue

    def forget_old_pages(self, *, rewritten: bool) -> None:
        """Takes away what the database's own log of changes still holds of rows that were deleted.

        Args:
            rewritten: Whether what its file holds of them in unused space goes as well.

        Raises:
            CatalogueLockedError: Somebody reads or writes for longer than we wait; a later call does it.
            StorageError: There is no room for that.
        """
        if not self._database.forget_old_pages(rewritten=rewritten):
            raise CatalogueLockedError("a reader still holds pages as they were before something was deleted")

    def close(self) -> None:
        """Closes the connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
