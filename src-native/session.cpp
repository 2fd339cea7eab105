#include "session.hpp"

#include "errors.hpp"

#include <algorithm>
#include <cstdlib>

namespace specula {

namespace {

constexpr double MAX_ATTENTION_BYTES = 512.0 * 1024 * 1024;

std::string megabytes(double bytes) {
    return std::to_string(static_cast<long long>(bytes / (1024.0 * 1024.0)) + 1) + " MiB";
}

// Bytes of K and V over all layers, from the model's metadata.
double kv_bytes(const Session & session, double cells, bool f32) {
    if (session.info.recurrent) {
        return 0;
    }
    const llama_model * model  = session.model.get();
    const std::string   prefix = session.info.arch + ".attention.";
    const std::string   head   = std::to_string(session.info.embedding / std::max(session.info.heads, 1));
    const double        key    = std::atof(metadata(model, prefix + "key_length", head).c_str());
    const double        value  = std::atof(metadata(model, prefix + "value_length", head).c_str());
    return cells * session.info.layers * llama_model_n_head_kv(model) * (key + value) * (f32 ? 4 : 2);
}

// llama.cpp would allocate first and let the system kill the process when the pages are touched.
void check_memory(const Session & session, const ContextOptions & options) {
    double total = 0;
    for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
        size_t free_bytes  = 0;
        size_t total_bytes = 0;
        ggml_backend_dev_memory(ggml_backend_dev_get(i), &free_bytes, &total_bytes);
        total += static_cast<double>(total_bytes);
    }
    double needed = kv_bytes(session, options.size, options.f32);
    if (options.capture) {
        needed += 4.0 * session.info.heads * options.micro * options.size;
    }
    if (total > 0 && needed > total) {
        fail(code::CONTEXT, "a context of " + std::to_string(options.size) + " tokens needs about " + megabytes(needed) +
                                ", this machine has " + megabytes(total) + "; choose a smaller context");
    }
}

} // namespace

void check_range(const char * name, int32_t value, int32_t low, int32_t high) {
    if (value < low || value > high) {
        bad_request(std::string(name) + " must be between " + std::to_string(low) + " and " + std::to_string(high) +
                    ", not " + std::to_string(value));
    }
}

ContextInfo create_context(Session & session, const ContextOptions & options) {
    check_range("contextSize", options.size, 1, 1 << 30);
    check_range("batchSize", options.batch, 1, 1 << 20);
    check_range("microBatch", options.micro, 1, options.batch);
    check_range("threads", options.threads, 1, 512);
    check_range("maxLeaves", options.max_leaves, 1, static_cast<int32_t>(llama_max_parallel_sequences()));
    check_memory(session, options);

    session.features.configure(options.features, session.info.embedding, session.info.layers - 1);
    session.context.reset();
    session.options = options;

    llama_context_params params = llama_context_default_params();
    params.n_ctx                = static_cast<uint32_t>(options.size);
    params.n_batch              = static_cast<uint32_t>(options.batch);
    params.n_ubatch             = static_cast<uint32_t>(options.micro);
    // With a unified cache every id up to 256 is usable whatever this says; a larger value only makes
    // llama.cpp reserve logits for that many rows.
    params.n_seq_max           = 1;
    params.kv_unified          = true;
    params.swa_full            = true; // rollback needs every cell of a sliding window
    params.n_threads           = options.threads;
    params.n_threads_batch     = options.threads;
    params.type_k              = options.f32 ? GGML_TYPE_F32 : GGML_TYPE_F16;
    params.type_v              = params.type_k;
    params.flash_attn_type     = options.capture || options.f32 ? LLAMA_FLASH_ATTN_TYPE_DISABLED : LLAMA_FLASH_ATTN_TYPE_AUTO;
    if (session.features.all_rows()) {
        params.embeddings   = !session.features.taps();
        params.pooling_type = LLAMA_POOLING_TYPE_NONE;
    }
    params.abort_callback      = [](void * data) { return static_cast<Session *>(data)->cancelled(); };
    params.abort_callback_data = &session;
    if (options.observed()) {
        params.cb_eval           = Observer::callback;
        params.cb_eval_user_data = &session.observer;
    }
    const uint64_t mark = session.log.mark();
    session.context.reset(llama_init_from_model(session.model.get(), params));
    if (!session.context || !llama_get_memory(session.context.get())) {
        session.context.reset();
        const auto lines = session.log.errors_since(mark, 4);
        throw Failure(code::CONTEXT,
                      "cannot create a context of " + std::to_string(options.size) + " tokens" +
                          (lines.empty() ? "" : ": " + lines.back()) + "; choose a smaller context",
                      lines);
    }
    ContextInfo info;
    info.size     = static_cast<int32_t>(llama_n_ctx(session.context.get()));
    info.batch    = static_cast<int32_t>(llama_n_batch(session.context.get()));
    info.micro    = static_cast<int32_t>(llama_n_ubatch(session.context.get()));
    info.kv_bytes = kv_bytes(session, info.size, options.f32);
    session.observer.set_shape(session.info.heads, static_cast<size_t>(info.size));
    session.observer.set_taps(session.features.taps() ? session.features.layers() : std::vector<int32_t>{}, session.features.width());
    clear(session);
    return info;
}

void require_context(const Session & session) {
    if (!session.context) {
        bad_request("there is no context yet; call createContext first");
    }
}

void check_wants(const Session & session, const RowWants & wants, size_t rows, int32_t patches) {
    check_range("topK", wants.top_k, 1, std::min(64, session.info.vocab));
    const AttentionWants & attention = wants.attention;
    if (attention.layers.empty()) {
        if (attention.patches || attention.heads) {
            bad_request("patches and heads need at least one layer");
        }
        return;
    }
    if (!session.options.capture) {
        bad_request("attention was asked for, but this context was created without capture");
    }
    std::vector<int32_t> sorted = attention.layers;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
        bad_request("a layer is listed twice");
    }
    check_range("layer", sorted.front(), 0, session.info.layers - 1);
    check_range("layer", sorted.back(), 0, session.info.layers - 1);
    const double per_patch = (attention.patches ? 1.0 : 0.0) + (attention.heads ? session.info.heads : 0.0);
    const double bytes     = 4.0 * static_cast<double>(attention.layers.size() * rows) * patches * per_patch;
    if (bytes > MAX_ATTENTION_BYTES) {
        bad_request("the attention asked for would take " + megabytes(bytes) + "; ask for fewer layers, or without heads");
    }
}

void check_trees(const Session & session) {
    if (!session.info.trees_refused.empty()) {
        fail(code::UNSUPPORTED, session.info.trees_refused);
    }
}

void check_room(const Session & session, size_t more) {
    const size_t size = llama_n_ctx(session.context.get());
    const size_t used = static_cast<size_t>(session.cells_used());
    if (used + more > size) {
        fail(code::CONTEXT_FULL, "the context is full: " + std::to_string(used) + " of " + std::to_string(size) +
                                     " cells are used and " + std::to_string(more) + " more are needed");
    }
}

void check_cancelled(const Session & session) {
    if (session.cancelled()) {
        fail(code::CANCELLED, "cancelled");
    }
}

namespace {

// Copies the hidden states of the latest decode, one row per token of the batch.
void take_features(Session & session, const llama_batch & batch) {
    Features & features = session.features;
    if (!features.on()) {
        return;
    }
    const size_t count = static_cast<size_t>(batch.n_tokens);
    const size_t width = features.width();
    float *      rows  = features.put_in_flight(count);
    if (!features.taps()) {
        for (size_t i = 0; i < count; i++) {
            const float * row = llama_get_embeddings_ith(session.context.get(), static_cast<int32_t>(i));
            if (!row) {
                fail(code::DECODE, "llama.cpp kept no hidden state for row " + std::to_string(i));
            }
            std::copy(row, row + width, rows + i * width);
        }
        return;
    }
    const size_t stride = static_cast<size_t>(llama_model_n_embd_inp(session.model.get()));
    for (size_t tap = 0; tap < features.layers().size(); tap++) {
        const int32_t layer  = features.layers()[tap];
        const bool    given  = layer < 0 && batch.embd;
        const float * source = given ? batch.embd : session.observer.tapped(layer).data();
        for (size_t i = 0; i < count; i++) {
            const float * row = source + i * (given ? stride : width);
            std::copy(row, row + width, rows + i * features.row_width() + tap * width);
        }
    }
}

} // namespace

DecodeTimes decode(Session & session, const llama_batch & batch, const std::vector<CellTag> & tags, size_t first_row,
                   const AttentionWants & wants) {
    check_cancelled(session);
    session.readable = {};
    if (session.options.observed()) {
        session.observer.begin(tags, first_row, wants, session.patches);
    }
    const uint64_t mark = session.log.mark();
    Stopwatch      watch;
    const int32_t  status = llama_decode(session.context.get(), batch);
    llama_synchronize(session.context.get()); // GPU work is asynchronous; time it, and notice a cancel after it
    DecodeTimes times;
    times.decode = watch.ms();
    check_cancelled(session);
    if (status == 1) {
        fail(code::CONTEXT_FULL, "llama.cpp found no free cells for " + std::to_string(batch.n_tokens) + " tokens");
    }
    if (status != 0) {
        const auto lines = session.log.errors_since(mark, 4);
        throw Failure(code::DECODE,
                      "llama_decode failed with " + std::to_string(status) + (lines.empty() ? "" : ": " + lines.back()), lines);
    }
    if (session.options.observed()) {
        session.observer.finish();
        times.capture = session.observer.spent_ms();
    }
    take_features(session, batch);
    return times;
}

RowsResult collect_rows(Session & session, int32_t index, int32_t count, const RowWants & wants, DecodeTimes times) {
    Stopwatch                  watch;
    std::vector<const float *> logits(count);
    for (int32_t i = 0; i < count; i++) {
        logits[i] = llama_get_logits_ith(session.context.get(), index + i);
        if (!logits[i]) {
            fail(code::DECODE, "llama.cpp kept no logits for row " + std::to_string(index + i));
        }
    }
    RowsResult out;
    out.rows = read_rows(logits, session.info.vocab, wants.top_k, session.options.threads);
    out.cells.assign(count, -1);
    if (session.options.capture) {
        out.attention      = session.observer.attention();
        const auto & cells = session.observer.cells();
        // A recurrent model writes no K cells.
        for (size_t i = 0; i < static_cast<size_t>(count) && index + i < cells.size(); i++) {
            out.cells[i] = static_cast<int32_t>(cells[index + i]);
        }
    }
    out.ms        = times;
    out.ms.reduce = watch.ms();
    return out;
}

void clear(Session & session) {
    if (session.context) {
        llama_memory_clear(session.memory(), false);
    }
    session.n_past  = 0;
    session.active  = 1;
    session.patches = 0;
    session.committed.clear();
    session.images.clear();
    session.tree.clear();
    session.features.clear();
    session.readable = {};
}

} // namespace specula
