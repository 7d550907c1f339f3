if(TARGET kraken_net)
  kraken_fuzz(netlink kraken_net)
endif()
