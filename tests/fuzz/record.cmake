kraken_fuzz(record kraken_contract)
