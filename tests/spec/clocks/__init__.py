"""What the language of clock rules means: paragraphs of its manual, each proved on every evaluator."""
