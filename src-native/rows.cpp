#include "rows.hpp"

#include "errors.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <system_error>
#include <thread>

namespace specula {

namespace {

// Below this many logits starting threads costs more than it saves.
constexpr int64_t PARALLEL_FROM = 1 << 19;

// The k largest logits in one pass, best first. Strict comparison keeps the lower id at a tie.
bool find_top(const float * logits, int32_t vocab, int32_t k, int32_t * ids, float * values) {
    int32_t count = 0;
    for (int32_t id = 0; id < vocab; id++) {
        const float value = logits[id];
        if (count == k && !(value > values[k - 1])) {
            continue;
        }
        if (std::isnan(value)) {
            return false;
        }
        int32_t at = count < k ? count++ : k - 1;
        while (at > 0 && value > values[at - 1]) {
            values[at] = values[at - 1];
            ids[at]    = ids[at - 1];
            at--;
        }
        values[at] = value;
        ids[at]    = id;
    }
    return std::isfinite(values[0]);
}

bool read_row(const float * logits, int32_t vocab, int32_t row, Rows & out) {
    // Two candidates are needed for the margin even when one is asked for.
    const int32_t        k = std::min(std::max(out.top_k, 2), vocab);
    std::vector<int32_t> ids(k);
    std::vector<float>   values(k);
    if (!find_top(logits, vocab, k, ids.data(), values.data())) {
        return false;
    }
    const double max  = values[0];
    double       sum  = 0;
    double       dot  = 0;
    for (int32_t id = 0; id < vocab; id++) {
        const double distance = logits[id] - max;
        // exp(-45) is 3e-20 of the maximum: nothing, even over a vocabulary of 10^6.
        if (distance > -45.0) {
            const double weight = std::exp(distance);
            sum += weight;
            dot += weight * distance;
        }
    }
    out.stats[row]   = { max, sum };
    out.entropy[row] = static_cast<float>(std::max(0.0, std::log(sum) - dot / sum));
    out.margin[row]  = k > 1 ? values[0] - values[1] : std::numeric_limits<float>::infinity();
    for (int32_t i = 0; i < out.top_k; i++) {
        const size_t at    = static_cast<size_t>(row) * out.top_k + i;
        out.top_ids[at]    = ids[i];
        out.top_logits[at] = values[i];
        out.top_probs[at]  = static_cast<float>(std::exp(values[i] - max) / sum);
    }
    return true;
}

void check_finite(bool finite) {
    if (!finite) {
        fail(code::DECODE, "the model gave logits that are not numbers; its file is damaged or its numeric range too small");
    }
}

} // namespace

void for_each_row(int32_t rows, int32_t vocab, int32_t threads, const std::function<void(int32_t)> & work) {
    std::atomic<int32_t> next{ 0 };
    const auto           run = [&] {
        for (int32_t row = next++; row < rows; row = next++) {
            work(row);
        }
    };
    const int32_t helpers = static_cast<int64_t>(rows) * vocab < PARALLEL_FROM ? 0 : std::min(threads, rows) - 1;
    std::vector<std::thread> pool;
    try {
        for (int32_t i = 0; i < helpers; i++) {
            pool.emplace_back(run);
        }
    } catch (const std::system_error &) {
        // The system gives no more threads: those that started, and this one, do the work.
    }
    run();
    for (std::thread & thread : pool) {
        thread.join();
    }
}

Rows read_rows(const std::vector<const float *> & logits, int32_t vocab, int32_t top_k, int32_t threads) {
    const int32_t n = static_cast<int32_t>(logits.size());
    Rows          out;
    out.n     = n;
    out.top_k = std::min(top_k, vocab);
    out.top_ids.resize(static_cast<size_t>(n) * out.top_k);
    out.top_probs.resize(out.top_ids.size());
    out.top_logits.resize(out.top_ids.size());
    out.entropy.resize(n);
    out.margin.resize(n);
    out.own_prob.assign(n, std::numeric_limits<float>::quiet_NaN());
    out.own_rank.assign(n, -1);
    out.stats.resize(n);

    std::atomic<bool> finite{ true };
    for_each_row(n, vocab, threads, [&](int32_t row) {
        if (!read_row(logits[row], vocab, row, out)) {
            finite = false;
        }
    });
    check_finite(finite);
    return out;
}

void read_top_ids(const std::vector<const float *> & logits, int32_t vocab, int32_t top_k, int32_t threads, int32_t * out) {
    std::atomic<bool> finite{ true };
    for_each_row(static_cast<int32_t>(logits.size()), vocab, threads, [&](int32_t row) {
        std::vector<float> values(top_k);
        if (!find_top(logits[row], vocab, top_k, out + static_cast<size_t>(row) * top_k, values.data())) {
            finite = false;
        }
    });
    check_finite(finite);
}

TokenScore score_token(const float * logits, int32_t vocab, const RowStats & stats, llama_token token) {
    const float own  = logits[token];
    int32_t     rank = 0;
    for (int32_t id = 0; id < vocab; id++) {
        if (logits[id] > own || (logits[id] == own && id < token)) {
            rank++;
        }
    }
    return { static_cast<float>(std::exp(own - stats.max) / stats.sum), rank };
}

} // namespace specula
