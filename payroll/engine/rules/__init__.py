"""One module per subject of the law, named like its parameter file."""
