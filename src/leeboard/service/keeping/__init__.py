"""How long history is kept: what is forgotten once it is old, in portions, and what stays all the same.

Each module forgets one kind of things by a function `forget(service, before, is_trial=...)` that gives what
went after each portion, which is one transaction: who asks may wait in between, so that others can write, and
may stop at any portion. A process that dies leaves whole portions done. As a trial, things are only counted.

Objects in the store are no history: results, captures and baselines are the user's, and nothing here removes
them. `dry_runs` and `uploads` remove files that leeboard itself wrote and nobody needs any more.
"""
