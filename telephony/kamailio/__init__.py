"""The front door: a Kamailio before the lines, configured, started and watched by us.

`settings` says what it shall do, `config` and `routes` write that down for Kamailio (pure),
`program` finds and checks Kamailio, `process` is one running Kamailio, `door` keeps one running.
"""
