"""The demo city: a whole city's pupils, staff and schools, invented, as the files that a bureau would really get.

Belongs here: the simulation, the files with their defects, and the true value of every indicator, computed from the
simulated persons. Does not belong here: anything of the warehouse; nothing here reads ``sql/`` or calls the engine.
"""

from eduplan.demo.generation import DemoSummary, generate

__all__ = ["DemoSummary", "generate"]
