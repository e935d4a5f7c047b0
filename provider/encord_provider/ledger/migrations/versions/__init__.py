"""One module for each change, named for the version of this package that first needs it."""
