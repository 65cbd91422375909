"""Every column of every result table, declared once: schemas, aggregation, page and docs follow."""
