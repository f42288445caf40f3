"""The quality tools: what is asked, what is counted, what is drawn. Nothing here reads or writes the database."""
