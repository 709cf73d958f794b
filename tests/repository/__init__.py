"""The repository around the code: documents, requirements, migrations and the compose file say what the code does."""
