kraken_fuzz(ext4 kraken_fs_ext4)
