"""The package as a CASE/UCO graph, so that forensic tools take it in: files, how they came, what was made of them.

Source: CASE 1.4.0 on UCO 1.4.0; ``case_validate --built-version case-1.4.0`` checks it without a network.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pipeline import __version__
from pipeline.packages.contents import Contents, PackedClip
from pipeline.packages.documents import HIGHLIGHTS, dump, original_path
from pipeline.reports import ReportedHighlight

_CASE, _UCO = "https://ontology.caseontology.org/case", "https://ontology.unifiedcyberontology.org/uco"
_CONTEXT = {
    "kb": "urn:doorstep:package:",
    "case-investigation": f"{_CASE}/investigation/",
    "uco-action": f"{_UCO}/action/",
    "uco-core": f"{_UCO}/core/",
    "uco-identity": f"{_UCO}/identity/",
    "uco-observable": f"{_UCO}/observable/",
    "uco-tool": f"{_UCO}/tool/",
    "uco-types": f"{_UCO}/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

Node = dict[str, Any]


def case_graph(contents: Contents, sizes: dict[str, int]) -> bytes:
    """The graph as JSON-LD.

    Args:
        contents: The package's.
        sizes: Bytes of each file by its path in the package.
    """
    return dump({"@context": _CONTEXT, "@graph": _Graph(contents, sizes).nodes()})


class _Graph:
    def __init__(self, contents: Contents, sizes: dict[str, int]) -> None:
        self._contents = contents
        self._sizes = sizes
        self._told: set[str] = set()
        self._agency = self._id("organization", "agency")
        self._doorstep = self._id("tool", f"doorstep {__version__}")

    def nodes(self) -> list[Node]:
        originals = list(self._contents.originals)
        inside = {part.clip.item.digest for part in originals}
        nodes = [self._organization(), self._tool(self._doorstep, "doorstep", __version__)]
        for number, part in enumerate(originals, start=1):
            nodes += self._original(part, number)
        for shown in self._contents.report.highlights:
            nodes += self._made(shown, inside)
        objects = [{"@id": node["@id"]} for node in nodes]
        return [*nodes, self._investigation(objects)]

    def _original(self, part: PackedClip, number: int) -> Iterable[Node]:
        path, got = original_path(part), part.clip.acquisition
        file = self._file(path, part.clip.item.digest)
        exhibit = self._provenance(
            file["@id"], f"{self._contents.package_id}/{number}", "Original, byte for byte as received"
        )
        yield file
        yield exhibit
        yield self._action(f"acquired {got.acquisition_id}", (got.started_at, got.ended_at), (), (file, exhibit))

    def _made(self, shown: ReportedHighlight, inside: set[str]) -> Iterable[Node]:
        highlight = shown.highlight
        file = self._file(f"{HIGHLIGHTS}/{highlight.highlight_id}.mp4", highlight.digest)
        exhibit = self._provenance(file["@id"], highlight.highlight_id, f"Derivative of {highlight.clip}")
        recipe = self._tool(self._id("tool", highlight.recipe.tool), highlight.recipe.tool, "")
        moment = (shown.attachment.attached_at, shown.attachment.attached_at)
        source = [self._id("file", highlight.clip)] if highlight.clip in inside else []
        yield file
        yield exhibit
        if recipe["@id"] not in self._told:
            self._told.add(recipe["@id"])
            yield recipe
        yield self._action(f"derived {highlight.highlight_id}", moment, source, (file, exhibit), recipe["@id"])

    def _file(self, path: str, digest: str) -> Node:
        hashed = {"@type": "uco-types:Hash", "@id": self._id("hash", digest), "uco-types:hashMethod": "SHA256"}
        return {
            "@id": self._id("file", digest),
            "@type": "uco-observable:File",
            "uco-core:hasFacet": [
                {
                    "@id": self._id("file-facet", digest),
                    "@type": "uco-observable:FileFacet",
                    "uco-observable:fileName": path.rpartition("/")[2],
                    "uco-observable:filePath": path,
                    "uco-observable:sizeInBytes": _typed("integer", str(self._sizes[path])),
                },
                {
                    "@id": self._id("content-facet", digest),
                    "@type": "uco-observable:ContentDataFacet",
                    "uco-observable:hash": [{**hashed, "uco-types:hashValue": _typed("hexBinary", digest)}],
                },
            ],
        }

    def _provenance(self, file: str, exhibit: str, words: str) -> Node:
        return {
            "@id": self._id("provenance", exhibit),
            "@type": "case-investigation:ProvenanceRecord",
            "uco-core:description": words,
            "case-investigation:exhibitNumber": exhibit,
            "uco-core:object": [{"@id": file}],
        }

    def _action(
        self, name: str, span: tuple[datetime, datetime], used: Iterable[str], made: Iterable[Node], tool: str = ""
    ) -> Node:
        action: Node = {
            "@id": self._id("action", name),
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": name,
            "uco-action:startTime": _typed("dateTime", span[0].isoformat()),
            "uco-action:endTime": _typed("dateTime", span[1].isoformat()),
            "uco-action:performer": {"@id": self._agency},
            "uco-action:instrument": [{"@id": tool or self._doorstep}],
            "uco-action:result": [{"@id": node["@id"]} for node in made],
        }
        objects = [{"@id": one} for one in used]
        return {**action, "uco-action:object": objects} if objects else action

    def _organization(self) -> Node:
        name = self._contents.report.agency.name
        return {"@id": self._agency, "@type": "uco-identity:Organization", "uco-core:name": name}

    def _tool(self, name: str, words: str, version: str) -> Node:
        tool = {"@id": name, "@type": "uco-tool:Tool", "uco-core:name": words}
        return {**tool, "uco-tool:version": version} if version else tool

    def _investigation(self, objects: list[Node]) -> Node:
        return {
            "@id": self._id("investigation", "matter"),
            "@type": "case-investigation:Investigation",
            "uco-core:name": self._contents.incident.incident_id,
            "uco-core:description": f"Evidence package {self._contents.package_id}",
            "uco-core:object": objects,
        }

    def _id(self, kind: str, name: str) -> str:
        """The same for the same package and name."""
        return f"kb:{kind}-{uuid.uuid5(uuid.NAMESPACE_URL, f'{self._contents.package_id} {kind} {name}')}"


def _typed(kind: str, value: str) -> dict[str, str]:
    return {"@type": f"xsd:{kind}", "@value": value}
