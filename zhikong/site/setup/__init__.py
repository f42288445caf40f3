"""The first set-up of a real hospital: what is asked, what is refused, and how it is carried out."""
