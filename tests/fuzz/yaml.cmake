kraken_fuzz(yaml kraken_config)
