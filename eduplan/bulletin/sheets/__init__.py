"""The sheets of the bulletin's workbook."""
