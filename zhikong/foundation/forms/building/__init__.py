"""The editor of form definitions in the browser: pure edit operations, and the pages over them."""
