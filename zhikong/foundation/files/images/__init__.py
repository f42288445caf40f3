"""Pictures are decoded in a process of their own and written anew; what is kept was made by us."""
