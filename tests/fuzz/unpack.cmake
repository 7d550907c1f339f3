kraken_fuzz(unpack kraken_decode)
