#pragma once
#include "ggml-backend.h"
#include "ggml.h"

#include <cstdint>
#include <string>
#include <vector>

namespace specula {

// What a KV cell holds. The four shares of attention follow this order.
enum class Kind : uint8_t { System, Image, Text, Generated };
inline constexpr int KINDS = 4;

struct CellTag {
    Kind    kind  = Kind::Text;
    int32_t patch = -1; // index of the image token over all images of the prompt, -1 for text
};

// Which attention to read in one llama_decode.
struct AttentionWants {
    std::vector<int32_t> layers;
    bool                 patches = false;
    bool                 heads   = false;
    bool                 head_shares = false;
};

// Attention of one layer, rows in batch order.
struct LayerAttention {
    std::vector<float> shares; // [rows][4]
    std::vector<float> patch;  // [rows][patches], mean over heads
    std::vector<float> heads;  // [rows][heads][patches]
    std::vector<float> head_shares; // [rows][heads] image share of each head
};

// Sits in llama.cpp's graph callback (cb_eval) of a context that captures attention or taps layers. It keeps
// an exact map from KV cell to what the cell holds, reduces the attention matrices of the wanted layers, and
// copies the outputs of the tapped ones.
//
// The map comes from the graph itself: `k_idxs`, the index operand of the SET_ROWS that writes K, has
// the destination cell of each token of the micro batch, in batch order. Cell and position differ as
// soon as a branch was refused, and under M-RoPE always. Models with two caches (sliding window and
// full) have one index tensor per cache, so there is one map per distinct index tensor.
class Observer {
  public:
    static bool callback(ggml_tensor * tensor, bool ask, void * user_data);

    void set_shape(int heads, size_t cells);

    // Layers whose output every decode copies for a draft head; -1: the embeddings of text tokens (those of
    // image tokens are the batch itself). `width`: numbers per row.
    void set_taps(const std::vector<int32_t> & layers, size_t width);

    // Rows of the last decode's tokens after a tapped layer, batch order.
    const std::vector<float> & tapped(int32_t layer) const;

    // Before a llama_decode: tags of its tokens, and the first row whose attention is wanted.
    void begin(const std::vector<CellTag> & tags, size_t first_row, const AttentionWants & wants, int32_t patches);

    // After it: throws when a wanted layer gave no attention, or a tapped one no output.
    void finish();

    const std::vector<LayerAttention> & attention() const { return attention_; }

    // Cell of each token of the last decode (of the first cache), batch order.
    const std::vector<int64_t> & cells() const { return batch_cells_; }

    double spent_ms() const { return spent_ms_; }

  private:
    bool on_ask(const ggml_tensor * tensor);
    void read_cells(const ggml_tensor * write);
    void read_attention(const ggml_tensor * softmax);
    int  tap_of(const ggml_tensor * tensor) const;
    void read_tap(const ggml_tensor * output, size_t tap);
    void reduce(const float * rows, size_t q_count, size_t n_kv, const std::vector<CellTag> & map, LayerAttention & out);

    int                  heads_ = 0;
    size_t               cells_ = 0;
    int                  first_layer_ = -1;
    std::vector<int32_t> group_of_layer_;

    std::vector<int32_t> taps_; // each layer once
    size_t               tap_width_ = 0;

    // per cache
    std::vector<std::vector<CellTag>> maps_;
    std::vector<size_t>               placed_;       // tokens of this decode that already have a cell
    std::vector<const ggml_tensor *>  index_tensors_; // of the current micro batch

    // of the current decode
    std::vector<CellTag>        tags_;
    size_t                      first_row_ = 0;
    AttentionWants              wants_;
    int32_t                     patches_ = 0;
    std::vector<size_t>         rows_seen_; // per wanted layer
    std::vector<LayerAttention> attention_;
    std::vector<int64_t>        batch_cells_;
    std::vector<std::vector<float>> tapped_; // per tap
    std::string                 problem_;
    double                      spent_ms_ = 0;

    // scratch
    std::vector<int64_t> index_buffer_;
    std::vector<float>   row_buffer_;
    std::vector<float>   mean_buffer_;
};

} // namespace specula
