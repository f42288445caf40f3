"""The fast judge: all encounters at once, each kind of event one sorted array of whole numbers, each question a search.

A moment of an encounter is one number, encounter · 2^27 + minute; so "is there a note within eight hours" is two binary
searches for all encounters together.
"""
