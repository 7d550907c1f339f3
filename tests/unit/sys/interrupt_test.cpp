#include "sys/interrupt.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace kraken {
namespace {

// In a process of its own: what is done for a signal is done for the whole program.
[[noreturn]] void raise_once(int number) {
  static std::atomic<bool> stop{false};
  if (!set_on_interrupt(stop).ok()) ::_exit(1);
  ::raise(number);
  ::_exit(stop.load() ? 0 : 2);
}

TEST(InterruptDeathTest, EverySignalThatWouldEndTheProgramSetsTheFlag) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGPROF, SIGVTALRM, SIGXCPU,
                           SIGIO, SIGPWR, SIGSTKFLT, SIGRTMIN, SIGRTMAX}) {
    EXPECT_EXIT(raise_once(number), testing::ExitedWithCode(0), "") << number;
  }
}

TEST(InterruptDeathTest, TheSecondOfAKindEndsTheProgram) {
  const auto raise_twice = [] {
    static std::atomic<bool> stop{false};
    if (!set_on_interrupt(stop).ok()) ::_exit(1);
    ::raise(SIGTERM);
    ::raise(SIGTERM);
    ::_exit(0);
  };
  EXPECT_EXIT(raise_twice(), testing::KilledBySignal(SIGTERM), "");
}

TEST(InterruptDeathTest, WhatWasIgnoredStaysIgnored) {
  const auto ignore = [] {
    static std::atomic<bool> stop{false};
    for (const int number : {SIGHUP, SIGQUIT}) ::signal(number, SIG_IGN);
    if (!set_on_interrupt(stop).ok()) ::_exit(1);
    for (const int number : {SIGHUP, SIGQUIT}) ::raise(number);
    ::_exit(stop.load() ? 2 : 0);
  };
  EXPECT_EXIT(ignore(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace kraken
