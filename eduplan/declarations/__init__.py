"""Typed models of the declarations: contracts, code lists, SQL models, indicators, suites."""
