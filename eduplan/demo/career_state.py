"""The state of every person's school career between two census dates.

Belongs here: the arrays and how they become roll rows. Does not belong here: what changes them.
"""

from __future__ import annotations

import numpy as np

from eduplan.demo.arrays import AnyArray, Ints
from eduplan.demo.roll import RollRows, Status

GONE, IN_SCHOOL, ON_LEAVE, DROPPED = range(4)


class CareerState:
    """One element a person, in every array; ``phase`` tells whether the person is in school."""

    def __init__(self) -> None:
        self.phase: Ints = np.zeros(0, dtype=np.int8)
        self.school: Ints = np.zeros(0, dtype=np.int32)
        self.grade: Ints = np.zeros(0, dtype=np.int8)
        self.class_number: Ints = np.zeros(0, dtype=np.int16)
        self.entered_on: Ints = np.zeros(0, dtype=np.int32)
        self.change: Ints = np.zeros(0, dtype=np.int8)
        self.change_on: Ints = np.zeros(0, dtype=np.int32)
        self.entry_mode: Ints = np.zeros(0, dtype=np.int8)
        self.placement: Ints = np.zeros(0, dtype=np.int8)

    def extend(self, more: int) -> None:
        """Makes room for new persons."""
        for name, old in vars(self).items():
            setattr(self, name, np.concatenate([old, np.zeros(more, dtype=old.dtype)]))

    def note(self, persons: Ints, change: AnyArray | int, change_on: AnyArray | int) -> None:
        """Notes what happened to persons, and when."""
        self.change[persons], self.change_on[persons] = change, change_on

    def rows(self, persons: Ints, status: int = Status.ACTIVE) -> RollRows:
        """The roll rows of persons as they are now."""
        size = len(persons)
        return RollRows(
            person=persons.astype(np.int32),
            school=self.school[persons],
            grade=self.grade[persons],
            class_number=self.class_number[persons],
            status=np.full(size, status, dtype=np.int8),
            change=self.change[persons],
            change_on=self.change_on[persons],
            entered_on=self.entered_on[persons],
            entry_mode=self.entry_mode[persons],
            placement=self.placement[persons],
            is_counted=np.ones(size, dtype=bool),
            is_staged=np.ones(size, dtype=bool),
        )

    def leaving_rows(self, persons: Ints, status: int, change: AnyArray | int, change_on: AnyArray | int) -> RollRows:
        """The roll rows of persons who leave their school."""
        rows = self.rows(persons, status)
        rows.change = np.broadcast_to(np.asarray(change), len(persons)).astype(np.int8)
        rows.change_on = np.broadcast_to(np.asarray(change_on), len(persons)).astype(np.int32)
        return rows
