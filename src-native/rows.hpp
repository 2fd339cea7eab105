#pragma once
#include "llama.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace specula {

// Enough of a row's softmax to give any token's probability later.
struct RowStats {
    double max = 0;
    double sum = 0; // of exp(logit - max)
};

// Probability and 0-based rank (ties: lower id first) of a token at a row.
struct TokenScore {
    float   prob;
    int32_t rank;
};

// Softmax facts of n rows. Probabilities are those of the raw logits, computed in double.
struct Rows {
    int32_t               n     = 0;
    int32_t               top_k = 0;
    std::vector<int32_t>  top_ids;    // [n*top_k]
    std::vector<float>    top_probs;  // [n*top_k]
    std::vector<float>    top_logits; // [n*top_k]
    std::vector<float>    entropy;    // [n] nats
    std::vector<float>    margin;     // [n]
    std::vector<float>    own_prob;   // [n]
    std::vector<int32_t>  own_rank;   // [n]
    std::vector<RowStats> stats;      // [n]
};

// Fills everything but own_prob and own_rank (set to NaN and -1). `logits[i]` points to row i of `vocab`
// floats. Throws Failure(DECODE) when a row has no finite maximum.
Rows read_rows(const std::vector<const float *> & logits, int32_t vocab, int32_t top_k, int32_t threads);

// Calls work(row) for each row, on several threads when rows x vocabulary is worth it.
void for_each_row(int32_t rows, int32_t vocab, int32_t threads, const std::function<void(int32_t)> & work);

// Writes the ids of each row's `top_k` most likely tokens, best first, ties by lower id, to out [rows*top_k]. Throws as
// read_rows does.
void read_top_ids(const std::vector<const float *> & logits, int32_t vocab, int32_t top_k, int32_t threads, int32_t * out);

TokenScore score_token(const float * logits, int32_t vocab, const RowStats & stats, llama_token token);

} // namespace specula
