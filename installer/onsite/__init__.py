"""What runs on the hospital's machine before the product does: install, upgrade on a copy, roll back.

Standard library only, and no word of the product itself: it knows a set's commands, not its code.
"""
