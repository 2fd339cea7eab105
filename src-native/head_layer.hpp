#pragma once
#include "head_compute.hpp"
#include "head_file.hpp"
#include "head_weights.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace specula {

// What the layer reads in one pass: pairs of an embedding and a feature, or rows that go straight into the layer.
// Each row is written into its cache cell and sees the cells that its row of the mask leaves open.
struct HeadBatch {
    enum class Feature {
        Hidden, // the target's hidden state, or the layer's own output
        Taps,   // eagle3: three hidden states, which fc joins
        None,   // the embeddings are the layer's input themselves
    };

    Feature                  feature = Feature::Hidden;
    std::vector<llama_token> tokens;     // either these
    std::vector<float>       embeddings; // or rows of the target's width
    std::vector<float>       features;   // a row per pair; empty with Feature::None
    std::vector<int32_t>     positions;
    std::vector<int64_t>     cells;
    std::vector<float>       mask;       // [rows][attended]: 0 or -infinity
    int64_t                  attended   = 0; // cells that the mask speaks of, a multiple of HeadCache::STEP
    size_t                   outputs    = 0; // of the last rows, output and scores are wanted

    size_t rows() const { return positions.size(); }
};

struct HeadOutputs {
    std::vector<float> hidden; // [outputs][width]: what a following pair takes as feature
    std::vector<float> logits; // [outputs][vocabulary of the head]
};

// Keys and values of the head's layer. V is kept transposed, so that no pass has to turn all of it.
class HeadCache {
  public:
    static constexpr int64_t STEP = 32;

    HeadCache(const HeadConfig & config, int64_t cells, bool f32, ggml_backend_buffer_type_t type);

    int64_t       cells() const { return cells_; }
    ggml_tensor * k() const { return k_; }
    ggml_tensor * v() const { return v_; }

    // `used` cells rounded up to what a pass looks at.
    int64_t attended(int64_t used) const { return std::min(cells_, (used + STEP - 1) / STEP * STEP); }

  private:
    ggml_context_ptr        context_;
    ggml_backend_buffer_ptr buffer_;
    int64_t                 cells_;
    ggml_tensor *           k_; // [kv_width, cells]
    ggml_tensor *           v_; // [cells, kv_width]
};

// The parts of a loaded head that its graphs are made of.
struct HeadParts {
    const HeadConfig &  config;
    const HeadWeights & weights;
    ggml_tensor *       embedding; // the head's own, else the target's
    ggml_tensor *       output;
};

// One pass of the decoder layer.
HeadOutputs run_layer(HeadCompute & compute, const HeadParts & parts, const HeadCache & cache, const HeadBatch & batch);

// Scores of every Medusa head for one hidden state: [heads][vocabulary].
std::vector<float> run_medusa(HeadCompute & compute, const HeadParts & parts, const std::vector<float> & hidden);

// ViSpec's vision adaptor: [queries][width] for `count` image embeddings.
std::vector<float> run_vision(HeadCompute & compute, const HeadParts & parts, const std::vector<float> & images, size_t count);

// Logits of hidden states by the target's output matrix: the self-test.
std::vector<float> run_output(HeadCompute & compute, ggml_tensor * output, const std::vector<float> & hidden, size_t rows);

} // namespace specula
