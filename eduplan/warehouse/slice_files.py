"""Slices kept as Parquet files, and the view over them: for models of persons, too many to write into tables.

Belongs here: where such files lie, writing them, and the view that reads them. Does not belong here: deciding which
slices are built.

Writing a row of texts into a table of the working file costs about three times as much as into Parquet, and only half
of it can be done by two threads. A file is written under a name that holds its fingerprint, and is read once the view
names it; so a failure leaves the view and its files as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from eduplan.errors import DeclarationError
from eduplan.warehouse.fingerprints import Built, view_texts
from eduplan.warehouse.slices import SHAPE, quoted

Types = Mapping[str, str]


@dataclass(frozen=True)
class SliceFiles:
    """The files of one model.

    Attributes:
        table: Qualified name of the model, which becomes a view.
        folder: Folder of its files.
    """

    table: str
    folder: Path

    @classmethod
    def of(cls, table: str, root: Path) -> SliceFiles:
        """The files of a model below a folder for all models."""
        return cls(table, root.joinpath(*table.split(".")))

    def path(self, slice_text: str, fingerprint: str) -> Path:
        """The file of a slice."""
        return self.folder / f"{slice_text}-{fingerprint}.parquet"

    def still_there(self, recorded: Mapping[str, Built]) -> dict[str, Built]:
        """The recorded slices whose files exist."""
        return {
            text: built
            for text, built in recorded.items()
            if text == SHAPE or self.path(text, built.fingerprint).exists()
        }

    def write(self, connection: duckdb.DuckDBPyConnection, query: str, slice_text: str, fingerprint: str) -> int:
        """Writes the file of a slice.

        Returns:
            Its rows.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = quoted(str(self.path(slice_text, fingerprint)))
        row = connection.execute(f"copy (\n{query}\n) to {path} (format parquet, compression lz4)").fetchone()
        return int(row[0]) if row else 0

    def show(self, connection: duckdb.DuckDBPyConnection, types: Types, slices: Mapping[str, str]) -> None:
        """Makes the view over some slices with their fingerprints; its comments are to be written again.

        Raises:
            DeclarationError: A column has a type that Parquet does not keep.
        """
        columns = ", ".join(f'"{name}"' for name in types)
        paths = [quoted(str(self.path(text, slices[text]))) for text in sorted(slices)]
        empty = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in types.items())
        query = f"select {columns} from read_parquet([{', '.join(paths)}])" if paths else f"select {empty} where false"
        connection.execute(f"create or replace view {self.table} as {query}")
        connection.execute("delete from warehouse.comments where model = ?", [self.table])
        changed = sorted(name for name, kind in described(connection, self.table).items() if kind != types[name])
        if changed:
            raise DeclarationError(
                f"Parquet does not keep the type of {', '.join(changed)}",
                where=self.table,
                remedy="cast to bigint or decimal, or leave out kept_in",
            )

    def keep_only(self, slices: Mapping[str, str]) -> None:
        """Removes the files of other slices and fingerprints."""
        kept = {self.path(text, fingerprint) for text, fingerprint in slices.items()}
        for path in self.folder.glob("*.parquet"):
            if path not in kept:
                path.unlink(missing_ok=True)


def views_elsewhere(connection: duckdb.DuckDBPyConnection, files: Iterable[SliceFiles]) -> list[SliceFiles]:
    """The models whose view reads another folder, because the data folder was moved."""
    views = view_texts(connection)
    return [
        each for each in files if ".parquet" in views.get(each.table, "") and str(each.folder) not in views[each.table]
    ]


def described(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Columns and types of a table, a view or a query in brackets."""
    return {name: kind for name, kind, *_ in connection.execute(f"describe from {table}").fetchall()}
