"""The ledger in one SQLite file: facts chained by hash, views in the same transaction, one writer.

`SqliteLedger` (`ledger.py`) writes and reads; `LedgerReader` (`reader.py`) only reads, beside a writer or
without one. Both fit `Ledger`'s reading half, `PromotionHistory`, `Snapshots` and `Looks` of
`headway.app.ports`.
"""
