"""All writes to improvement projects."""
