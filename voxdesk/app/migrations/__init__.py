"""The versions of the database, one file a step. Run by `voxdesk.app.database`."""
