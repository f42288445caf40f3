"""What the wizard decides, without a database."""
