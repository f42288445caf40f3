"""The words of the record: Chinese templates as data files, filled for each document."""
