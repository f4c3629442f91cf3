"""The contract for cPanel & WHM: what it says of itself, its mail server, and whose domains are
whose.

Facts: facts/cpanel.md, sections 5 and 7. Who looks at a page is signed by the bridge
(cpanel/bridge), which alone knows the panel's sessions.
"""
