#pragma once
#include "clock.hpp"
#include "features.hpp"
#include "model.hpp"
#include "observer.hpp"
#include "rows.hpp"
#include "target_weights.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace specula {

struct LlamaContextDeleter {
    void operator()(llama_context * context) const { llama_free(context); }
};
using ContextPtr = std::unique_ptr<llama_context, LlamaContextDeleter>;

struct ContextOptions {
    int32_t size       = 0;
    int32_t batch      = 0;
    int32_t micro      = 0;
    int32_t threads    = 1;
    bool    f32        = false;
    int32_t max_leaves = 1;
    bool    capture    = false;

    FeatureOptions features;

    // The graph callback is installed.
    bool observed() const { return capture || (features.on && !features.layers.empty()); }
};

struct ContextInfo {
    int32_t size     = 0;
    int32_t batch    = 0;
    int32_t micro    = 0;
    double  kv_bytes = 0;
};

// What to report about the rows of a decode (RowWants of surface.ts).
struct RowWants {
    int32_t        top_k = 1;
    AttentionWants attention;
};

struct DecodeTimes {
    double decode  = 0; // llama_decode, capture included
    double capture = 0; // of that, in the observer
    double reduce  = 0; // softmax, top-k, entropy
};

// A chunk that went into the cache, in one or more decodes.
struct Evaluated {
    DecodeTimes ms;
    int32_t     last_row = 0; // batch index of its last token in the latest decode
};

// Rows of one decode, ready for JavaScript.
struct RowsResult {
    Rows                        rows;
    std::vector<LayerAttention> attention; // per wanted layer
    std::vector<int32_t>        cells;
    DecodeTimes                 ms;
};

// A committed token or image token, in prompt order.
struct Committed {
    llama_pos pos;
    bool      image;
};

struct ImageSpan {
    llama_pos pos;
    llama_pos positions;
};

struct TreeNode {
    llama_token  token;
    int32_t      parent; // -1: root
    int32_t      depth;
    llama_seq_id seq;    // one sequence that holds this node and all its ancestors
    llama_seq_id leaf;   // the sequence that ends here, -1 when another node continues it
};

// Rows whose logits llama.cpp still holds: those of the latest decode. Node `first` is at batch index `index`.
struct ReadableRows {
    int32_t               first = 0;
    int32_t               count = 0;
    int32_t               index = 0;
    std::vector<RowStats> stats;
};

// One model with its projector, its context and what the KV cache holds. Not thread-safe: heavy work
// runs on the model's queue, everything else only while that queue is idle.
struct Session {
    const Log &       log;
    ModelInfo         info;
    ModelPtr          model;
    mtmd::context_ptr projector;

    std::optional<TargetWeights> weights; // found when the first head is loaded

    ContextOptions options;
    Observer       observer;
    ContextPtr     context; // after `observer`, which its callback uses

    // Between trees, sequences 0..active-1 hold exactly the committed prefix.
    llama_pos              n_past  = 0;
    int32_t                active  = 1;
    int32_t                patches = 0;
    std::vector<Committed> committed;
    std::vector<ImageSpan> images;
    std::vector<TreeNode>  tree;
    Features               features;
    ReadableRows           readable;

    // Milliseconds of the latest tree decode, 0 before the first.
    double tree_ms = 0;

    // A job carries the value of `cancels` at its call; it is cancelled when the counter has moved on.
    std::atomic<uint64_t> cancels{ 0 };
    std::atomic<uint64_t> running{ 0 };

    explicit Session(const Log & log) : log(log) {}

    const llama_vocab * vocab() const { return llama_model_get_vocab(model.get()); }
    llama_memory_t      memory() const { return llama_get_memory(context.get()); }
    bool                cancelled() const { return running.load() < cancels.load(); }
    int32_t             cells_used() const { return static_cast<int32_t>(committed.size() + tree.size()); }
};

// Throws BAD_REQUEST, naming the value, when it is outside low..high.
void check_range(const char * name, int32_t value, int32_t low, int32_t high);

ContextInfo create_context(Session & session, const ContextOptions & options);

// Throws when there is no context yet, or when `wants` cannot be met (`rows` rows at once).
void require_context(const Session & session);
void check_wants(const Session & session, const RowWants & wants, size_t rows, int32_t patches);
void check_trees(const Session & session);

// Throws CONTEXT_FULL when `more` cells do not fit.
void check_room(const Session & session, size_t more);

// Throws CANCELLED when cancel() was called after the running call was made.
void check_cancelled(const Session & session);

// The output mark of a batch's row: with features also rows whose logits nobody asked for are computed to their end.
// (llama.cpp wants all rows marked while it gives hidden states.)
inline int8_t output_flag(const Session & session, bool wanted) {
    return wanted || session.features.all_rows() ? 1 : 0;
}

// One llama_decode, watched by the observer. The batch must fit n_batch. Throws on any failure; what the
// cache then holds is for the caller to clean up.
DecodeTimes decode(Session & session, const llama_batch & batch, const std::vector<CellTag> & tags, size_t first_row,
                   const AttentionWants & wants);

// Rows [index, index+count) of the latest decode.
RowsResult collect_rows(Session & session, int32_t index, int32_t count, const RowWants & wants, DecodeTimes times);

void clear(Session & session);

} // namespace specula
