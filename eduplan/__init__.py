"""The engine of the warehouse: plain Python over declarations, with no word of the orchestrator."""

__version__ = "0.1.0"
