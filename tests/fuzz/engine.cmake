if(TARGET kraken_join)
  kraken_fuzz(engine kraken_join)
endif()
