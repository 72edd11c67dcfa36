"""Disclosure control: which counts of persons a release leaves out, so that none of them can be worked out."""
