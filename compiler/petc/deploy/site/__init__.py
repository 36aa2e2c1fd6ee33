"""The files of a site: which objects they become, and how a bucket is brought in line with them."""
