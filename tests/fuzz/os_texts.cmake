kraken_fuzz(os_texts kraken_image)
