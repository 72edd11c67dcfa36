"""The words in which the command line, the site and the bulletin speak of the plan, in both languages.

Nothing in here knows who speaks: no package of this project that shows something is imported.
"""
