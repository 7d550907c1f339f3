if(TARGET kraken_join)
  kraken_fuzz(join_protocol kraken_join)
endif()
