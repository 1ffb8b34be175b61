"""The fixes, one module each, named as their rules. Nothing else lists them.

``change(finding, document)`` finds the node that the finding speaks of (``document.at``), looks at
it in the tree of ``ast`` and says what is to become of it in that of libcst (``document.form``,
``document.statement``), by :class:`~racewright.fixes.edits.Edits`. Where the source does not say
enough it gives nothing, and the finding stays one for people.

Examples go to ``tests/fixes/examples/my-pattern/NAME.py`` and ``NAME.fixed.py``; one without the
second is not to be changed.
"""
