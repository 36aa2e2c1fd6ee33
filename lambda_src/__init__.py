"""The functions that the compiled layers deploy; a package only so that it can be bundled with petc."""
