"""What is on disk of a run: its journal, its lock, the wish that it pause; and which runs there have been. The journal
is the truth, and the files beside it are views of it, for people, spreadsheets and scripts: each line comes from
records alone, so that the two cannot disagree, and what a crash cut off can be completed.

    <run>_ok.csv        one line per applied change
    <run>_error.jsonl   one line per failure: the whole answer, the causes, the parameters
    before.jsonl        the resources that were written, as they were read before, in the form of a snapshot
    after.jsonl         the same, as they were read afterwards
    summary.json        everything at the end, by one schema (`reconcile schema summary`)
    summary.md          the same to read and to pass on, with a section per chunk

    journal      the record itself; known: the runs that there have been, as their journals have them
    lock, lease  one run per tenant: on this machine, and where other clones see it; pause_file: the wish to pause
    failures     from an error to what there is to say of it
    view_lines   from records to lines
    views        the files
    summaries    the summary
"""
