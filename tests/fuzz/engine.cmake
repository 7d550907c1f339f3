kraken_fuzz(engine kraken_join)
