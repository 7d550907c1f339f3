kraken_fuzz(fat kraken_fs_fat)
