"""What resources need of whoever makes, changes and deletes them, and whether they have it (`PETC_LOCAL_IAM=1`).

`calls` is the form of the list; `networks`, `computing`, `storing`, `identities`, `fronts` and `watching` are the list
itself, and `table` holds all of it. It is read from the Service Authorization Reference and the services' own pages
on permissions, never from the resource schemas, from which `petc bootstrap` computes its policies: a test that took
both from one source would repeat what is missing there.

`asking` turns a resource into the questions that IAM is asked, `policies` decides them, `acting` says in whose name a
stack works, and `stacks` and `requests` stand between MiniStack and its resources.
"""
