#pragma once
#include "ggml.h"
#include "llama.h"

#include <memory>
#include <string>
#include <vector>

namespace specula {

struct Session;

// The target's own matrices, as its graph uses them, and a few of its rows to check a head's use of them against.
// The tensors live as long as the model.
struct TargetWeights {
    ggml_tensor * embedding = nullptr; // [width, vocabulary]
    ggml_tensor * output    = nullptr; // [width, vocabulary]; the same tensor as `embedding` where they are tied

    // Why scores are not simply output x hidden state; empty: they are.
    std::string output_refused;

    size_t             rows = 0;
    std::vector<float> hidden; // [rows][width], after the final norm
    std::vector<float> logits; // [rows][vocabulary]
};

// Finds them by decoding a few tokens in a context of their own. Throws Failure.
TargetWeights find_target_weights(const Session & session);

} // namespace specula
