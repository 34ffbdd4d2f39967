"""The commands of `voxdesk`, one module each."""
