"""What a finished call was like: moments worth a look, and figures that calls are found by."""
