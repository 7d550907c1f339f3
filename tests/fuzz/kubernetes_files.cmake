if(TARGET kraken_kubernetes)
  kraken_fuzz(kubernetes_files kraken_kubernetes)
endif()
