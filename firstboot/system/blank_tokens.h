// Takes join tokens out of what other programs say: kubeadm repeats them in its advice and in its errors.
#pragma once

#include <string>

namespace kraken {

// Overwrites with '*' everything that has a kubeadm bootstrap token in it (six of a-z 0-9, a dot, sixteen of them),
// every word behind "--certificate-key", and every token of k3s or Swarm, from where it begins to the end of the word.
void blank_tokens(std::string& text);

}  // namespace kraken
