if(TARGET kraken_journal)
  kraken_fuzz(journal kraken_journal)
endif()
