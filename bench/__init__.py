"""The paths that Headway is held to (design, section 9), each beside its floor in the same run."""
