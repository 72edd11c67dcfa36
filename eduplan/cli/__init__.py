"""The command line ``eduplan``: one module a command, and the few things that all commands share.

Nothing heavy is imported before a command needs it: ``eduplan status`` and ``eduplan sql`` answer in under a second.
"""
