"""Which kind of event a thing's coming or going is."""

from pipeline.domain.events import EventKind
from pipeline.domain.scene import Change

PACKAGE_KIND = {Change.APPEARED: EventKind.PACKAGE_DELIVERED, Change.DISAPPEARED: EventKind.PACKAGE_PICKED_UP}
OBJECT_KIND = {Change.APPEARED: EventKind.OBJECT_LEFT, Change.DISAPPEARED: EventKind.OBJECT_REMOVED}
