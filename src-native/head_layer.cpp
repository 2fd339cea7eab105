#include "head_layer.hpp"

#include "errors.hpp"

#include <cmath>

namespace specula {

namespace {

// As vectors: ggml wants an index per written row, and V is written number by number.
std::vector<int64_t> v_cells(const HeadBatch & batch, int64_t kv_width, int64_t cells) {
    std::vector<int64_t> out;
    out.reserve(batch.rows() * static_cast<size_t>(kv_width));
    for (const int64_t cell : batch.cells) {
        for (int64_t d = 0; d < kv_width; d++) {
            out.push_back(d * cells + cell);
        }
    }
    return out;
}

// Builds the graph of one pass.
class LayerGraph {
  public:
    LayerGraph(const HeadParts & parts, const HeadCache & cache, const HeadBatch & batch)
        : parts_(parts), cache_(cache), batch_(batch), n_(static_cast<int64_t>(batch.rows())), h_(parts.config.width),
          v_index_(v_cells(batch, parts.config.kv_width(), cache.cells())) {}

    // Returns the two results: outputs and scores of the wanted rows; null when no row is wanted.
    std::pair<ggml_tensor *, ggml_tensor *> build() {
        ggml_context * c = graph.context();
        ggml_tensor *  residual;
        ggml_tensor *  normed;
        if (parts_.config.kind == HeadKind::Eagle3) {
            residual = feature();
            normed   = ggml_concat(c, norm(embedding(), "blk.0.attn_norm.weight"), norm(residual, "blk.0.attn_norm_2.weight"), 0);
        } else {
            residual = joined();
            normed   = weight("blk.0.attn_norm.weight") ? norm(residual, "blk.0.attn_norm.weight") : residual;
        }
        ggml_tensor * x = ggml_add(c, residual, attention(normed));
        x               = ggml_add(c, x, feed_forward(norm(x, "blk.0.ffn_norm.weight")));
        if (batch_.outputs == 0) {
            // The keys and values are in the graph already; nothing after them is needed.
            return { nullptr, nullptr };
        }
        const int64_t wanted = static_cast<int64_t>(batch_.outputs);
        if (wanted < n_) {
            x = ggml_cont(c, ggml_view_2d(c, x, h_, wanted, x->nb[1], static_cast<size_t>(n_ - wanted) * x->nb[1]));
        }
        const bool    own    = parts_.config.kind == HeadKind::Eagle3;
        ggml_tensor * scores = ggml_mul_mat(c, own ? weight("output.weight") : parts_.output, own ? norm(x, "output_norm.weight") : x);
        graph.output(x);
        graph.output(scores);
        return { x, scores };
    }

    HeadGraph graph;

  private:
    ggml_tensor * weight(const char * name) const { return parts_.weights.find(name); }
    ggml_tensor * norm(ggml_tensor * x, const char * name) const { return graph.rms_norm(x, weight(name), parts_.config.epsilon); }

    ggml_tensor * embedding() {
        if (batch_.tokens.empty()) {
            return graph.floats(h_, n_, batch_.embeddings);
        }
        return ggml_get_rows(graph.context(), parts_.embedding, graph.input(GGML_TYPE_I32, n_, 1, batch_.tokens.data()));
    }

    // The feature half of eagle3's input.
    ggml_tensor * feature() {
        const bool    taps  = batch_.feature == HeadBatch::Feature::Taps;
        ggml_tensor * given = graph.floats(taps ? 3 * h_ : h_, n_, batch_.features);
        return taps ? graph.linear(weight("fc.weight"), nullptr, given) : given;
    }

    // The layer's input of all other kinds.
    ggml_tensor * joined() {
        ggml_tensor * e = embedding();
        if (batch_.feature == HeadBatch::Feature::None) {
            return e;
        }
        ggml_tensor * f;
        if (parts_.config.kind == HeadKind::Vispec) {
            f = graph.linear(weight("img_fc.weight"), weight("img_fc.bias"), graph.floats(2 * h_, n_, batch_.features));
        } else {
            f = graph.floats(h_, n_, batch_.features);
        }
        return graph.linear(weight("fc.weight"), weight("fc.bias"), ggml_concat(graph.context(), e, f, 0));
    }

    ggml_tensor * rotate(ggml_tensor * x, int64_t heads, ggml_tensor * positions) const {
        const HeadConfig & config = parts_.config;
        return ggml_rope_ext(graph.context(), ggml_reshape_3d(graph.context(), x, config.head_length, heads, n_), positions, nullptr,
                             config.head_length, config.rope_halves ? GGML_ROPE_TYPE_NEOX : GGML_ROPE_TYPE_NORMAL, 0, config.rope_base, 1.0f,
                             0.0f, 1.0f, 32.0f, 1.0f);
    }

    ggml_tensor * attention(ggml_tensor * x) {
        ggml_context *     c         = graph.context();
        const HeadConfig & config    = parts_.config;
        const int64_t      size      = config.head_length;
        const int64_t      kv        = config.kv_heads;
        const int64_t      kv_width  = config.kv_width();
        ggml_tensor *      positions = graph.input(GGML_TYPE_I32, n_, 1, batch_.positions.data());
        ggml_tensor *      q = rotate(graph.linear(weight("blk.0.attn_q.weight"), weight("blk.0.attn_q.bias"), x), config.heads, positions);
        ggml_tensor *      k = rotate(graph.linear(weight("blk.0.attn_k.weight"), weight("blk.0.attn_k.bias"), x), kv, positions);
        ggml_tensor *      v = graph.linear(weight("blk.0.attn_v.weight"), weight("blk.0.attn_v.bias"), x);

        ggml_tensor * all_k = ggml_set_rows(c, cache_.k(), ggml_reshape_2d(c, k, kv_width, n_), graph.input(GGML_TYPE_I64, n_, 1, batch_.cells.data()));
        ggml_tensor * all_v = ggml_set_rows(c, ggml_reshape_2d(c, cache_.v(), 1, ggml_nelements(cache_.v())),
                                            ggml_reshape_2d(c, v, 1, ggml_nelements(v)),
                                            graph.input(GGML_TYPE_I64, static_cast<int64_t>(v_index_.size()), 1, v_index_.data()));
        ggml_build_forward_expand(graph.graph(), all_k);
        ggml_build_forward_expand(graph.graph(), all_v);

        const int64_t seen   = batch_.attended;
        const size_t  k_item = ggml_element_size(all_k);
        const size_t  v_item = ggml_element_size(all_v);
        ggml_tensor * keys   = ggml_view_3d(c, all_k, size, seen, kv, k_item * kv_width, k_item * size, 0);
        ggml_tensor * values = ggml_view_3d(c, all_v, seen, size, kv, v_item * cache_.cells(), v_item * cache_.cells() * size, 0);
        ggml_tensor * scores = ggml_mul_mat(c, keys, ggml_permute(c, q, 0, 2, 1, 3));
        ggml_prec_set_acc(scores, GGML_PREC_F32);
        scores = ggml_soft_max_ext(c, scores, graph.floats(seen, n_, batch_.mask), 1.0f / std::sqrt(static_cast<float>(size)), 0.0f);
        ggml_tensor * mixed = ggml_permute(c, ggml_mul_mat(c, values, scores), 0, 2, 1, 3);
        return graph.linear(weight("blk.0.attn_output.weight"), nullptr, ggml_cont_2d(c, mixed, size * config.heads, n_));
    }

    ggml_tensor * feed_forward(ggml_tensor * x) const {
        ggml_tensor * gate = graph.linear(weight("blk.0.ffn_gate.weight"), nullptr, x);
        ggml_tensor * up   = graph.linear(weight("blk.0.ffn_up.weight"), nullptr, x);
        return graph.linear(weight("blk.0.ffn_down.weight"), nullptr, ggml_swiglu_split(graph.context(), gate, up));
    }

    const HeadParts &    parts_;
    const HeadCache &    cache_;
    const HeadBatch &    batch_;
    int64_t              n_;
    int64_t              h_;
    std::vector<int64_t> v_index_;
};

} // namespace

HeadCache::HeadCache(const HeadConfig & config, int64_t cells, bool f32, ggml_backend_buffer_type_t type)
    : context_(ggml_init({ ggml_tensor_overhead() * 3, nullptr, true })), cells_((cells + STEP - 1) / STEP * STEP) {
    if (!context_) {
        throw std::bad_alloc();
    }
    const ggml_type kept = f32 ? GGML_TYPE_F32 : GGML_TYPE_F16;
    k_                   = ggml_new_tensor_2d(context_.get(), kept, config.kv_width(), cells_);
    v_                   = ggml_new_tensor_2d(context_.get(), kept, cells_, config.kv_width());
    buffer_.reset(ggml_backend_alloc_ctx_tensors_from_buft(context_.get(), type));
    if (!buffer_) {
        fail(code::CONTEXT, "there is not enough memory for the draft head's cache of " + std::to_string(cells_) + " cells; choose a smaller context");
    }
    // Cells that were never written are masked, but 0 times what memory happens to hold can be no number.
    ggml_backend_buffer_clear(buffer_.get(), 0);
}

HeadOutputs run_layer(HeadCompute & compute, const HeadParts & parts, const HeadCache & cache, const HeadBatch & batch) {
    LayerGraph layer(parts, cache, batch);
    const auto [hidden, scores] = layer.build();
    compute.run(layer.graph);
    if (!hidden) {
        return {};
    }
    return { HeadCompute::read(hidden), HeadCompute::read(scores) };
}

std::vector<float> run_medusa(HeadCompute & compute, const HeadParts & parts, const std::vector<float> & hidden) {
    HeadGraph                  graph;
    ggml_context *             c = graph.context();
    ggml_tensor *              f = graph.floats(parts.config.width, 1, hidden);
    std::vector<ggml_tensor *> scores;
    for (int32_t i = 0; i < parts.config.medusa_heads; i++) {
        const std::string prefix = "medusa." + std::to_string(i) + ".";
        ggml_tensor *     own    = parts.weights.find(prefix + "output.weight");
        ggml_tensor *     moved  = ggml_silu(c, graph.linear(parts.weights.find(prefix + "weight"), parts.weights.find(prefix + "bias"), f));
        scores.push_back(ggml_mul_mat(c, own ? own : parts.output, ggml_add(c, f, moved)));
        graph.output(scores.back());
    }
    compute.run(graph);
    std::vector<float> out;
    for (const ggml_tensor * tensor : scores) {
        const std::vector<float> row = HeadCompute::read(tensor);
        out.insert(out.end(), row.begin(), row.end());
    }
    return out;
}

std::vector<float> run_vision(HeadCompute & compute, const HeadParts & parts, const std::vector<float> & images, size_t count) {
    const HeadConfig &  config  = parts.config;
    const HeadWeights & weights = parts.weights;
    const int64_t       n       = static_cast<int64_t>(count);
    const int64_t       heads   = config.query_heads;
    const int64_t       size    = config.width / heads;
    HeadGraph           graph;
    ggml_context *      c      = graph.context();
    ggml_tensor *       given  = graph.floats(config.width, n, images);
    ggml_tensor *       k      = graph.linear(weights.find("vision.k.weight"), weights.find("vision.k.bias"), given);
    ggml_tensor *       v      = graph.linear(weights.find("vision.v.weight"), weights.find("vision.v.bias"), given);
    ggml_tensor *       q      = ggml_reshape_3d(c, weights.find("vision.query.weight"), size, heads, config.queries);
    ggml_tensor *       keys   = ggml_permute(c, ggml_reshape_3d(c, k, size, heads, n), 0, 2, 1, 3);
    ggml_tensor *       values = ggml_cont(c, ggml_permute(c, ggml_reshape_3d(c, v, size, heads, n), 1, 2, 0, 3));
    ggml_tensor *       scores = ggml_mul_mat(c, keys, ggml_cont(c, ggml_permute(c, q, 0, 2, 1, 3)));
    scores                     = ggml_soft_max_ext(c, scores, nullptr, 1.0f / std::sqrt(static_cast<float>(size)), 0.0f);
    ggml_tensor * mixed        = ggml_permute(c, ggml_mul_mat(c, values, scores), 0, 2, 1, 3);
    ggml_tensor * out          = graph.linear(weights.find("vision.output.weight"), nullptr, ggml_cont_2d(c, mixed, config.width, config.queries));
    graph.output(out);
    compute.run(graph);
    return HeadCompute::read(out);
}

std::vector<float> run_output(HeadCompute & compute, ggml_tensor * output, const std::vector<float> & hidden, size_t rows) {
    HeadGraph     graph;
    ggml_tensor * scores = ggml_mul_mat(graph.context(), output, graph.floats(output->ne[0], static_cast<int64_t>(rows), hidden));
    graph.output(scores);
    compute.run(graph);
    return HeadCompute::read(scores);
}

} // namespace specula
