"""The rules, one module each. What is here is found by name; nothing else lists them.

To write one, make ``rules/my_pattern.py``. Its name, with hyphens, is the rule's, and reads after
the word *allow*: ``check-then-act``, ``sleep-as-synchronisation``. Its docstring is the manual page
and has the six sections of :data:`racewright.review.rule.SECTIONS`, each on a line of its own,
underlined; *Example* is code that the rule finds, *Instead* code that it does not find, and a test
holds both to it. The module has one subclass of :class:`~racewright.review.rule.Rule`.

``check(module)`` looks at one file (:class:`~racewright.review.module.Module`)::

    for call in module.calls():                       # or module.nodes(ast.With), …
        if module.dotted(call.func) == "os.mktemp":   # whatever it was imported as
            yield self.finding(module.place(call), defect="…", facts=["…"], solution="…")

``module.method(call)`` names a method behind the type of its object (``threading.Event.wait``),
``module.type_of(node)`` that type; ``module.function_of(node)``, ``ancestors``, ``within``,
``parent`` walk upwards; ``held_in(module, function).around(node)``
(:mod:`racewright.review.extract`) gives the locks held. What is not known is an empty string or
``None``; a rule then says nothing.

``check_project(concurrency)`` looks at all files at once
(:class:`~racewright.review.concurrency.Concurrency`): its task roots, its sides, and for each
shared location the accesses with the locks held. It has no trees, only facts.

Examples go to ``tests/review/examples/my-pattern/firing/*.py`` and ``…/silent/*.py``, at least
three of each; a line with the comment ``# here`` is where a finding is expected, and no other line
may have one.
"""
