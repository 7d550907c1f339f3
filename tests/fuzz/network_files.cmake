if(TARGET kraken_steps)
  kraken_fuzz(network_files kraken_steps)
endif()
