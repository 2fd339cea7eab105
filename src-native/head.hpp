#pragma once
#include "head_layer.hpp"
#include "rows.hpp"
#include "session.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace specula {

struct HeadOptions {
    std::string path;
    int32_t     threads = 1;
};

// What a head proposes at one or more rows: its most likely tokens, as ids of the target.
struct HeadRows {
    Rows   rows;
    double ms = 0;
};

// A draft head of a target (models/README.md, "How a head runs"). It reads committed pairs from the target's
// Features and grows one tree of draft nodes at a time, whose cells are used again for the next tree.
// Not thread-safe: runs on the target's queue.
class Head {
  public:
    // Nodes that one tree can hold.
    static constexpr int32_t TREE_NODES = 512;

    // Loads a head, checks that it fits the target, and that the target's scores are what its output matrix gives.
    // Throws Failure.
    Head(const Session & session, const TargetWeights & target, const HeadOptions & options);

    const HeadConfig & config() const { return file_.config; }
    size_t             bytes() const { return weights_.bytes(); }
    std::string        device() const { return compute_.device(); }
    // Milliseconds of the latest start or grow, 0 before the first.
    double             latest_ms() const { return latest_ms_; }

    // After the target's prefill: reads the prompt's pairs, all but the last, which `start` completes.
    double begin(const Session & session);

    // Reads the pairs committed since; the last one joins the target's latest feature with `root`, the committed
    // token that is not in the target's cache yet. Drops the tree. One row: what may follow the root; for Medusa
    // a row per head. Where nothing was committed since, the same root starts another tree.
    HeadRows start(Session & session, llama_token root, int32_t top_k);

    // Reads draft nodes (a level, or several siblings' children) and gives a row for each. Parents are -1 for the
    // root or numbers of earlier nodes; the first new node has the number of nodes before.
    HeadRows grow(const Session & session, const std::vector<llama_token> & tokens, const std::vector<int32_t> & parents, int32_t top_k);

    // Scores of a row of the latest start or grow: of all tokens, or of eagle3's draft tokens.
    std::vector<float> logits(int32_t row) const;

  private:
    struct Node {
        int32_t            parent;
        int32_t            depth; // 1: below the root
        int64_t            cell;
        std::vector<float> hidden;
    };

    HeadParts parts() const;
    int32_t   head_vocab() const;
    void      test_output(const Session & session, const TargetWeights & target);

    void check_begun(const Session & session) const;
    void make_cache(const Session & session);

    // Reads pairs up to position `end`; `root` follows the last committed position (-1: nothing may follow it yet).
    HeadOutputs read_pairs(const Session & session, size_t end, llama_token root);
    void        read_image(const Session & session, size_t first, size_t count);
    HeadBatch   prepare(size_t first, size_t count) const;
    void        add_feature(HeadBatch & batch, const float * feature) const;
    HeadOutputs run(const HeadBatch & batch);

    HeadRows top_rows(const Session & session, int32_t top_k);
    int32_t  known(llama_token token) const;

    HeadFile                 file_;
    HeadCompute              compute_;
    HeadWeights              weights_;
    ggml_tensor *            embedding_;
    ggml_tensor *            output_;
    std::optional<HeadCache> cache_;
    bool                     cache_f32_ = false;

    uint64_t           generation_ = 0; // of the Features that were read
    size_t             read_       = 0; // pairs
    int64_t            used_       = 0; // cells of committed pairs
    std::vector<float> global_;         // vispec's image vector
    llama_token        root_ = -1; // of the latest start
    std::vector<float> root_hidden_;
    std::vector<float> root_logits_;
    bool               started_ = false;
    std::vector<Node>  tree_;
    std::vector<float> logits_; // of the latest rows
    double             latest_ms_ = 0;
};

} // namespace specula
