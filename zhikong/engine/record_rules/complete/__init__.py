"""Rules of completeness: which sections, fields, signatures and co-signatures a document or row must have."""
