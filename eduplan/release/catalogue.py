"""``catalogue.jsonld``: a release as a DCAT catalogue entry, for open data portals.

Belongs here: the mapping to DCAT. Does not belong here: what the files hold (``eduplan.release.datapackage``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eduplan.project import Project
from eduplan.release.datapackage import DATAPACKAGE
from eduplan.release.release import DATABASE

CATALOGUE = "catalogue.jsonld"

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_KEYWORDS = {"en": ("education", "education plan", "indicators"), "zh": ("教育", "教育规划", "指标")}
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


def catalogue(package: dict[str, Any], project: Project, folder: Path) -> dict[str, Any]:
    """Describes a release for a catalogue; addresses are relative to the file itself.

    Args:
        package: The descriptor of its data package.
        project: For the city.
        folder: The folder of the release.
    """
    city = project.settings.city_name
    publisher = {"@type": "foaf:Organization", "foaf:name": [_text(city.en, "en"), _text(city.zh, "zh")]}
    titles = _texts(package, "title")
    licence = {}
    if licences := package.get("licenses"):
        entry = licences[0]
        licence = {"dct:license": {"@id": entry["path"]} if "path" in entry else _texts(entry, "title")}
    dataset = {
        "@id": package["id"],
        "@type": "dcat:Dataset",
        "dct:identifier": package["version"],
        "dct:title": titles,
        "dct:description": _texts(package, "description"),
        "dct:issued": {"@type": "xsd:dateTime", "@value": package["created"]},
        "dct:publisher": publisher,
        "dct:language": ["en", "zh"],
        "dcat:version": package["version"],
        "dcat:keyword": [_text(word, language) for language, words in _KEYWORDS.items() for word in words],
        **licence,
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": _text("All tables as one DuckDB database", "en"),
                "dcat:accessURL": {"@id": DATABASE},
                "dct:format": "DuckDB",
                "dcat:byteSize": (folder / DATABASE).stat().st_size,
            },
            *(_distribution(resource) for resource in package["resources"]),
        ],
    }
    return {
        "@context": _CONTEXT,
        "@id": CATALOGUE,
        "@type": "dcat:Catalog",
        "dct:title": titles,
        "dct:description": _texts(package, "description"),
        "dct:publisher": publisher,
        "dcat:dataset": [dataset],
    }


def _distribution(resource: dict[str, Any]) -> dict[str, Any]:
    texts = _texts(resource, "description")
    return {
        "@type": "dcat:Distribution",
        "dct:title": resource["name"],
        **({"dct:description": texts} if texts else {}),
        "dcat:accessURL": {"@id": resource["path"]},
        "dcat:mediaType": {"@id": f"{_MEDIA_TYPES}{resource['mediatype']}"},
        "dcat:byteSize": resource["bytes"],
        "dct:conformsTo": {"@id": DATAPACKAGE},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": resource["hash"].removeprefix("sha256:"),
        },
    }


def _texts(entry: dict[str, Any], name: str) -> list[dict[str, str]]:
    pairs = ((entry.get(name), "en"), (entry.get(f"{name}@zh"), "zh"))
    return [_text(text, language) for text, language in pairs if text]


def _text(value: str, language: str) -> dict[str, str]:
    return {"@value": value, "@language": language}
