"""What a command does, for whoever watches: logs, traces, metrics. It listens and changes nothing; what it cannot write
is said once, and the command goes on.

    events of a run    events.py                 ─┐                       ┌─ logfile.py   JSON lines or text
    requests           webex/exchange.py         ─┴─ Observation ─ Sink ──┼─ webex/har.py HTTP Archive
                                                                          ├─ metrics.py   Prometheus text file
                                                                          └─ tracing.py   OpenTelemetry spans

hook.py tells a command of the user's how an export or a drift check ended.
"""
