"""Course formats in and out: one reader per format and one model of a course between them."""
