"""Real mail servers for tests, from Debian's own packages, in a folder of the project.

`python -m tests.lab fetch` unpacks Postfix, Dovecot and PostgreSQL of several Debian releases below
`.lab/`. Nothing is installed: the machine's own services, users and packages stay as they are, and
the servers listen on high loopback ports only.
"""
