"""The data package and the catalogue entry of a release."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from eduplan.project import Licence

frictionless = pytest.importorskip("frictionless")


@pytest.fixture
def package(world):
    return json.loads((world.publish().folder / "datapackage.json").read_text(encoding="utf-8"))


def test_frictionless_finds_nothing_wrong_with_the_descriptor(package):
    assert list(frictionless.Package.metadata_validate(package)) == []
    assert frictionless.Package.from_descriptor(package).resource_names == [
        "ch3_development.health",
        "ch4_system.enrolment",
        "plan.indicators",
        "plan.lineage",
    ]


def test_frictionless_would_find_a_wrong_descriptor(package):
    package["resources"][0]["schema"]["fields"][0]["type"] = "nonsense"
    with pytest.raises(frictionless.FrictionlessException, match="nonsense"):
        list(frictionless.Package.metadata_validate(package))


def test_columns_have_type_unit_and_both_languages_and_tables_their_key(package):
    resource = next(each for each in package["resources"] if each["name"] == "ch4_system.enrolment")
    assert resource["schema"] == {
        "fields": [
            {"name": "school_year", "type": "string"},
            {"name": "school_code", "type": "string"},
            {"name": "pupils", "type": "integer", "title": "Pupils", "title@zh": "学生数", "unit": "persons"},
        ],
        "primaryKey": ["school_year", "school_code"],
    }
    assert (resource["description"], resource["description@zh"]) == ("Enrolment: it's by school", "在校生")
    assert package["sources"][0]["title@zh"] == "学籍名册"


def test_the_descriptor_is_a_file_of_the_release_like_every_other(world):
    release = world.publish()
    listed = {file["path"]: file["sha256"] for file in release.manifest["files"]}
    package = json.loads((release.folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {"datapackage.json", "catalogue.jsonld"} <= set(listed)
    for resource in package["resources"]:
        assert resource["hash"] == f"sha256:{listed[resource['path']]}"
        assert resource["bytes"] == (release.folder / resource["path"]).stat().st_size


def test_a_licence_is_told_where_the_settings_name_one(world, package):
    assert "licenses" not in package
    licence = Licence.model_validate({"name": "CC-BY-4.0", "title": {"en": "Attribution", "zh": "署名"}, "path": "x"})
    world.project = replace(world.project, settings=world.project.settings.model_copy(update={"licence": licence}))
    world.build(2)
    folder = world.publish().folder
    licensed = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert licensed["licenses"] == [
        {"name": "CC-BY-4.0", "path": "x", "title": "Attribution", "title@zh": "署名"},
    ]
    catalogue = json.loads((folder / "catalogue.jsonld").read_text(encoding="utf-8"))
    assert catalogue["dcat:dataset"][0]["dct:license"] == {"@id": "x"}


def test_the_catalogue_entry_leads_to_every_table_and_its_hash(world):
    folder = world.publish().folder
    entry = json.loads((folder / "catalogue.jsonld").read_text(encoding="utf-8"))
    (dataset,) = entry["dcat:dataset"]
    database, *tables = dataset["dcat:distribution"]
    assert database["dcat:byteSize"] == (folder / database["dcat:accessURL"]["@id"]).stat().st_size
    assert len(tables) == 4
    for table in tables:
        content = (folder / table["dcat:accessURL"]["@id"]).read_bytes()
        assert table["spdx:checksum"]["spdx:checksumValue"] == hashlib.sha256(content).hexdigest()
    assert {text["@language"] for text in dataset["dct:title"]} == {"en", "zh"}
