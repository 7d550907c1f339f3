kraken_fuzz(archive kraken_decode)
