"""The local AWS as petc sees it: start and stop its server (`petc_local`), find it, and ask how it is."""
