"""The publishing engine: what changed is compiled, rendered and written; the rest is left as it stands.

    scan      every source by name, size and times; only what differs is read          scan.py
    compile   read → parse → check → catalogue item, in forked workers                  compile.py, pool.py
    store     one row a document in SQLite beside the output                            store.py
    settle    unique codes and references over the whole, asked of the store            settle.py
    render    dirty documents, touched lists, standing pages, producers                 render.py, lists.py
    deliver   cold: a fresh folder changes places with the old one; otherwise staged
              files are renamed over the old ones with a journal in the store           deliver.py

Pages are pure functions of documents, site.yaml and the day, so that a cold build, an incremental one, and
any number of workers write the same bytes. registry.py lists what other modules add.
"""
