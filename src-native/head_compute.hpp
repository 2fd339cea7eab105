#pragma once
#include "ggml-cpp.h"
#include "ggml.h"
#include "target_weights.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace specula {

// One small ggml graph with its inputs. The data behind an input must stay until the graph has run.
class HeadGraph {
  public:
    HeadGraph();

    ggml_context * context() const { return context_.get(); }
    ggml_cgraph *  graph() const { return graph_; }

    ggml_tensor * input(ggml_type type, int64_t ne0, int64_t ne1, const void * data);
    ggml_tensor * floats(int64_t ne0, int64_t ne1, const std::vector<float> & data) { return input(GGML_TYPE_F32, ne0, ne1, data.data()); }

    // Marks `tensor` as a result that is read after the run.
    void output(ggml_tensor * tensor);

    // weight x input (+ bias, which may be null)
    ggml_tensor * linear(ggml_tensor * weight, ggml_tensor * bias, ggml_tensor * input) const;
    ggml_tensor * rms_norm(ggml_tensor * input, ggml_tensor * weight, float epsilon) const;

  private:
    friend class HeadCompute;

    struct Input {
        ggml_tensor * tensor;
        const void *  data;
    };

    ggml_context_ptr   context_;
    ggml_cgraph *      graph_;
    std::vector<Input> inputs_;
};

// Runs graphs where the target's output matrix is: on its GPU, otherwise on the CPU. Not to be used while the target
// decodes.
class HeadCompute {
  public:
    // `threads` of the CPU.
    HeadCompute(const TargetWeights & target, int32_t threads);

    // Where weights and caches belong.
    ggml_backend_buffer_type_t buffer_type() const;
    std::string                device() const;

    // Throws Failure(DECODE).
    void run(HeadGraph & graph);

    static std::vector<float> read(const ggml_tensor * tensor);

  private:
    std::vector<ggml_backend_ptr> backends_; // GPU first, CPU last
    ggml_backend_sched_ptr        scheduler_;
};

} // namespace specula
