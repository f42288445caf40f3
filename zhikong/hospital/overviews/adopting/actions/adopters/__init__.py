"""One adopter for each kind of thing: what would become of a wish, writing it, whether it was used, taking it back.

An adopter is a module with KIND, ``takes(wish, paper)``, ``plan(wishes, paper)`` → steps (writes nothing),
``write(step, by=, now=, paper=)`` → Made, ``used(thing)`` → sentences, ``undo(thing, by=, now=, reason=)``.
"""
