"""Writing to the record: a new case, an event appended, text taken out, a file put into its canonical form."""
