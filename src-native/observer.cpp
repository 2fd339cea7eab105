#include "observer.hpp"

#include "clock.hpp"
#include "errors.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace specula {

namespace {

constexpr const char * K_WRITE   = "cache_k_l";
constexpr const char * ATTENTION = "kq_soft_max-";
constexpr const char * LAYER_OUT = "l_out-";
constexpr const char * EMBEDDING = "token_embd.weight";

bool starts_with(const char * text, const char * prefix) {
    return std::strncmp(text, prefix, std::strlen(prefix)) == 0;
}

int layer_after(const char * name, const char * prefix) {
    return std::atoi(name + std::strlen(prefix));
}

} // namespace

void Observer::set_shape(int heads, size_t cells) {
    heads_ = heads;
    cells_ = cells;
    maps_.clear();
    group_of_layer_.clear();
    first_layer_ = -1;
}

void Observer::set_taps(const std::vector<int32_t> & layers, size_t width) {
    taps_.clear();
    // A head may read one layer several times: for a model of few layers low, middle and high can be the same.
    for (int32_t layer : layers) {
        if (std::find(taps_.begin(), taps_.end(), layer) == taps_.end()) {
            taps_.push_back(layer);
        }
    }
    tap_width_ = width;
}

const std::vector<float> & Observer::tapped(int32_t layer) const {
    return tapped_.at(static_cast<size_t>(std::find(taps_.begin(), taps_.end(), layer) - taps_.begin()));
}

void Observer::begin(const std::vector<CellTag> & tags, size_t first_row, const AttentionWants & wants, int32_t patches) {
    tags_      = tags;
    first_row_ = first_row;
    wants_     = wants;
    patches_   = patches;
    spent_ms_  = 0;
    problem_.clear();
    batch_cells_.clear();
    tapped_.assign(taps_.size(), {});
    placed_.assign(maps_.size(), 0);
    rows_seen_.assign(wants.layers.size(), 0);
    attention_.assign(wants.layers.size(), {});
    const size_t rows = tags.size() - first_row;
    for (LayerAttention & layer : attention_) {
        layer.shares.assign(rows * KINDS, 0.0f);
        layer.patch.assign(wants.patches ? rows * patches : 0, 0.0f);
        layer.heads.assign(wants.heads ? rows * heads_ * patches : 0, 0.0f);
        layer.head_shares.assign(wants.head_shares ? rows * heads_ : 0, 0.0f);
    }
}

void Observer::finish() {
    if (!problem_.empty()) {
        fail(code::DECODE, problem_);
    }
    for (size_t i = 0; i < wants_.layers.size(); i++) {
        if (rows_seen_[i] != tags_.size()) {
            fail(code::UNSUPPORTED, "layer " + std::to_string(wants_.layers[i]) +
                                        " has no readable attention in this model; ask for another layer");
        }
    }
    for (size_t i = 0; i < taps_.size(); i++) {
        // Image tokens come as embeddings: nothing is looked up for them.
        if (tapped_[i].size() != tags_.size() * tap_width_ && !(taps_[i] < 0 && tapped_[i].empty())) {
            fail(code::UNSUPPORTED, "llama.cpp does not show the output of layer " + std::to_string(taps_[i]) +
                                        " of this model, so a head that reads it cannot be used");
        }
    }
}

bool Observer::callback(ggml_tensor * tensor, bool ask, void * user_data) {
    auto * self = static_cast<Observer *>(user_data);
    try {
        if (ask) {
            return self->on_ask(tensor);
        }
        Stopwatch watch;
        const int tap = self->tap_of(tensor);
        if (tap >= 0) {
            self->read_tap(tensor, static_cast<size_t>(tap));
            return true;
        }
        self->read_attention(tensor);
        self->spent_ms_ += watch.ms();
    } catch (const std::exception & error) {
        // An exception must not cross llama.cpp's C frames; finish() reports it.
        self->problem_ = error.what();
    }
    return !ask;
}

bool Observer::on_ask(const ggml_tensor * tensor) {
    if (tensor->op == GGML_OP_SET_ROWS && starts_with(tensor->name, K_WRITE)) {
        Stopwatch watch;
        read_cells(tensor);
        spent_ms_ += watch.ms();
        return false;
    }
    if (tap_of(tensor) >= 0) {
        return true;
    }
    if (wants_.layers.empty() || !starts_with(tensor->name, ATTENTION)) {
        return false;
    }
    const int layer = layer_after(tensor->name, ATTENTION);
    return std::find(wants_.layers.begin(), wants_.layers.end(), layer) != wants_.layers.end();
}

// Reading `k_idxs` while asked is safe: it is a graph input, filled before the graph starts.
void Observer::read_cells(const ggml_tensor * write) {
    const int           layer = layer_after(write->name, K_WRITE);
    const ggml_tensor * index = write->src[1];
    if (first_layer_ < 0) {
        first_layer_ = layer;
    }
    if (layer == first_layer_) {
        index_tensors_.clear(); // a new micro batch starts
    }
    const auto   known = std::find(index_tensors_.begin(), index_tensors_.end(), index);
    const size_t group = static_cast<size_t>(known - index_tensors_.begin());
    if (static_cast<size_t>(layer) >= group_of_layer_.size()) {
        group_of_layer_.resize(layer + 1, -1);
    }
    group_of_layer_[layer] = static_cast<int32_t>(group);
    if (known != index_tensors_.end()) {
        return;
    }
    index_tensors_.push_back(index);
    if (group >= maps_.size()) {
        maps_.emplace_back(cells_);
        placed_.push_back(0);
    }
    if (index->type != GGML_TYPE_I64) {
        throw std::runtime_error("this llama.cpp writes cell indices in an unknown type");
    }
    const size_t count = static_cast<size_t>(ggml_nelements(index));
    index_buffer_.resize(count);
    ggml_backend_tensor_get(index, index_buffer_.data(), 0, count * sizeof(int64_t));
    for (size_t i = 0; i < count; i++) {
        const int64_t cell  = index_buffer_[i];
        const size_t  token = placed_[group] + i;
        if (cell < 0 || static_cast<size_t>(cell) >= cells_ || token >= tags_.size()) {
            throw std::runtime_error("a KV cell index lies outside the context");
        }
        maps_[group][cell] = tags_[token];
        if (group == 0) {
            batch_cells_.push_back(cell);
        }
    }
    placed_[group] += count;
}

// Index of the tap that `tensor` belongs to, -1 for none.
int Observer::tap_of(const ggml_tensor * tensor) const {
    if (taps_.empty()) {
        return -1;
    }
    int layer = -1;
    if (starts_with(tensor->name, LAYER_OUT)) {
        layer = layer_after(tensor->name, LAYER_OUT);
    } else if (tensor->op != GGML_OP_GET_ROWS || !tensor->src[0] || std::strcmp(tensor->src[0]->name, EMBEDDING) != 0) {
        return -1;
    }
    const auto found = std::find(taps_.begin(), taps_.end(), layer);
    return found == taps_.end() ? -1 : static_cast<int>(found - taps_.begin());
}

// F32 [width, tokens of the micro batch].
void Observer::read_tap(const ggml_tensor * output, size_t tap) {
    if (output->type != GGML_TYPE_F32 || static_cast<size_t>(output->ne[0]) != tap_width_ || !ggml_is_contiguous(output)) {
        throw std::runtime_error("the output of layer " + std::to_string(taps_[tap]) + " has an unknown shape");
    }
    std::vector<float> & rows   = tapped_[tap];
    const size_t         before = rows.size();
    rows.resize(before + static_cast<size_t>(ggml_nelements(output)));
    ggml_backend_tensor_get(output, rows.data() + before, 0, (rows.size() - before) * sizeof(float));
}

// kq_soft_max is F32 [n_kv, n_q, n_head, 1]; masked cells are exactly 0.
void Observer::read_attention(const ggml_tensor * softmax) {
    const int    layer = layer_after(softmax->name, ATTENTION);
    const size_t slot  = static_cast<size_t>(
        std::find(wants_.layers.begin(), wants_.layers.end(), layer) - wants_.layers.begin());
    const size_t n_kv   = static_cast<size_t>(softmax->ne[0]);
    const size_t n_q    = static_cast<size_t>(softmax->ne[1]);
    const size_t n_head = static_cast<size_t>(softmax->ne[2]);
    if (slot == wants_.layers.size() || softmax->type != GGML_TYPE_F32 || softmax->ne[3] != 1 ||
        n_head != static_cast<size_t>(heads_)) {
        throw std::runtime_error("the attention of layer " + std::to_string(layer) + " has an unknown shape");
    }
    if (static_cast<size_t>(layer) >= group_of_layer_.size() || group_of_layer_[layer] < 0) {
        throw std::runtime_error("layer " + std::to_string(layer) + " shares its cache with another layer; ask for that one");
    }
    const size_t before = rows_seen_[slot];
    rows_seen_[slot] += n_q;
    if (before + n_q <= first_row_) {
        return;
    }
    const size_t skip = first_row_ > before ? first_row_ - before : 0;
    const size_t keep = n_q - skip;
    row_buffer_.resize(n_head * keep * n_kv);
    for (size_t head = 0; head < n_head; head++) {
        ggml_backend_tensor_get(softmax, row_buffer_.data() + head * keep * n_kv,
                                head * softmax->nb[2] + skip * softmax->nb[1], keep * n_kv * sizeof(float));
    }
    // Rows before the current ones are already filled in; hand reduce() only what is new.
    LayerAttention part;
    reduce(row_buffer_.data(), keep, n_kv, maps_[group_of_layer_[layer]], part);
    const size_t     at  = before + skip - first_row_;
    LayerAttention & out = attention_[slot];
    std::copy(part.shares.begin(), part.shares.end(), out.shares.begin() + at * KINDS);
    std::copy(part.patch.begin(), part.patch.end(), out.patch.begin() + (wants_.patches ? at * patches_ : 0));
    std::copy(part.heads.begin(), part.heads.end(), out.heads.begin() + (wants_.heads ? at * heads_ * patches_ : 0));
    std::copy(part.head_shares.begin(), part.head_shares.end(), out.head_shares.begin() + (wants_.head_shares ? at * heads_ : 0));
}

// rows: [head][q][kv]
void Observer::reduce(const float * rows, size_t q_count, size_t n_kv, const std::vector<CellTag> & map, LayerAttention & out) {
    const size_t heads   = static_cast<size_t>(heads_);
    const size_t patches = static_cast<size_t>(patches_);
    const float  scale   = 1.0f / static_cast<float>(heads);
    const size_t known   = std::min(n_kv, map.size());
    out.shares.assign(q_count * KINDS, 0.0f);
    out.patch.assign(wants_.patches ? q_count * patches : 0, 0.0f);
    out.heads.assign(wants_.heads ? q_count * heads * patches : 0, 0.0f);
    out.head_shares.assign(wants_.head_shares ? q_count * heads : 0, 0.0f);
    mean_buffer_.resize(n_kv);

    for (size_t q = 0; q < q_count; q++) {
        std::fill(mean_buffer_.begin(), mean_buffer_.end(), 0.0f);
        for (size_t head = 0; head < heads; head++) {
            const float * row  = rows + (head * q_count + q) * n_kv;
            float *       mean = mean_buffer_.data();
            for (size_t cell = 0; cell < n_kv; cell++) {
                mean[cell] += row[cell];
            }
            if (wants_.head_shares) {
                double image = 0;
                for (size_t cell = 0; cell < known; cell++) {
                    image += map[cell].kind == Kind::Image ? row[cell] : 0.0f;
                }
                out.head_shares[q * heads + head] = static_cast<float>(image);
            }
            if (!wants_.heads) {
                continue;
            }
            float * mass = out.heads.data() + (q * heads + head) * patches;
            for (size_t cell = 0; cell < known; cell++) {
                const int32_t patch = map[cell].patch;
                if (row[cell] != 0.0f && patch >= 0 && patch < patches_) {
                    mass[patch] = row[cell];
                }
            }
        }
        double sums[KINDS] = {};
        for (size_t cell = 0; cell < known; cell++) {
            const float weight = mean_buffer_[cell] * scale;
            if (weight == 0.0f) {
                continue;
            }
            const CellTag tag = map[cell];
            sums[static_cast<int>(tag.kind)] += weight;
            if (wants_.patches && tag.patch >= 0 && tag.patch < patches_) {
                out.patch[q * patches + tag.patch] = weight;
            }
        }
        for (int kind = 0; kind < KINDS; kind++) {
            out.shares[q * KINDS + kind] = static_cast<float>(sums[kind]);
        }
    }
}

} // namespace specula
