#include "head_compute.hpp"

#include "errors.hpp"

#include <algorithm>

namespace specula {

namespace {

constexpr size_t GRAPH_SIZE = 512; // nodes and leaves, with the scheduler's copies between devices

// The GPU that holds a tensor, null for the CPU's memory (which includes memory that a GPU merely can read).
ggml_backend_dev_t gpu_of(const ggml_tensor * tensor) {
    if (!tensor || !tensor->buffer) {
        return nullptr;
    }
    ggml_backend_buffer_type_t type = ggml_backend_buffer_get_type(tensor->buffer);
    if (ggml_backend_buft_is_host(type)) {
        return nullptr;
    }
    ggml_backend_dev_t device = ggml_backend_buft_get_device(type);
    return device && ggml_backend_dev_type(device) != GGML_BACKEND_DEVICE_TYPE_CPU ? device : nullptr;
}

} // namespace

HeadGraph::HeadGraph()
    : context_(ggml_init({ ggml_tensor_overhead() * GRAPH_SIZE + ggml_graph_overhead_custom(GRAPH_SIZE, false), nullptr, true })) {
    if (!context_) {
        throw std::bad_alloc();
    }
    graph_ = ggml_new_graph_custom(context_.get(), GRAPH_SIZE, false);
}

ggml_tensor * HeadGraph::input(ggml_type type, int64_t ne0, int64_t ne1, const void * data) {
    ggml_tensor * tensor = ggml_new_tensor_2d(context_.get(), type, ne0, ne1);
    ggml_set_input(tensor);
    inputs_.push_back({ tensor, data });
    return tensor;
}

void HeadGraph::output(ggml_tensor * tensor) {
    ggml_set_output(tensor);
    ggml_build_forward_expand(graph_, tensor);
}

ggml_tensor * HeadGraph::linear(ggml_tensor * weight, ggml_tensor * bias, ggml_tensor * input) const {
    ggml_tensor * out = ggml_mul_mat(context_.get(), weight, input);
    return bias ? ggml_add(context_.get(), out, bias) : out;
}

ggml_tensor * HeadGraph::rms_norm(ggml_tensor * input, ggml_tensor * weight, float epsilon) const {
    return ggml_mul(context_.get(), ggml_rms_norm(context_.get(), input, epsilon), weight);
}

HeadCompute::HeadCompute(const TargetWeights & target, int32_t threads) {
    std::vector<ggml_backend_dev_t> devices;
    for (const ggml_tensor * tensor : { target.output, target.embedding }) {
        ggml_backend_dev_t device = gpu_of(tensor);
        if (device && std::find(devices.begin(), devices.end(), device) == devices.end()) {
            devices.push_back(device);
        }
    }
    for (ggml_backend_dev_t device : devices) {
        backends_.emplace_back(ggml_backend_dev_init(device, nullptr));
    }
    backends_.emplace_back(ggml_backend_init_by_type(GGML_BACKEND_DEVICE_TYPE_CPU, nullptr));
    std::vector<ggml_backend_t> raw;
    for (const ggml_backend_ptr & backend : backends_) {
        if (!backend) {
            fail(code::HEAD_LOAD, "a device could not be opened for the head");
        }
        raw.push_back(backend.get());
    }
    // The CPU backend is a plugin: its functions are found by name. Its default of four threads, spinning, would slow
    // everything down.
    ggml_backend_reg_t reg = ggml_backend_dev_backend_reg(ggml_backend_get_device(raw.back()));
    if (const auto set_threads = reinterpret_cast<ggml_backend_set_n_threads_t>(ggml_backend_reg_get_proc_address(reg, "ggml_backend_set_n_threads"))) {
        set_threads(raw.back(), threads);
    }
    scheduler_.reset(ggml_backend_sched_new(raw.data(), nullptr, static_cast<int>(raw.size()), GRAPH_SIZE, false, true));
    if (!scheduler_) {
        throw std::bad_alloc();
    }
}

ggml_backend_buffer_type_t HeadCompute::buffer_type() const {
    return ggml_backend_get_default_buffer_type(backends_.front().get());
}

std::string HeadCompute::device() const {
    return ggml_backend_dev_name(ggml_backend_get_device(backends_.front().get()));
}

void HeadCompute::run(HeadGraph & graph) {
    ggml_backend_sched_reset(scheduler_.get());
    if (!ggml_backend_sched_alloc_graph(scheduler_.get(), graph.graph())) {
        fail(code::DECODE, "there is not enough memory for the draft head's work; choose a smaller context");
    }
    for (const HeadGraph::Input & input : graph.inputs_) {
        // An input that no node reads is not allocated.
        if (input.tensor->buffer) {
            ggml_backend_tensor_set(input.tensor, input.data, 0, ggml_nbytes(input.tensor));
        }
    }
    if (ggml_backend_sched_graph_compute(scheduler_.get(), graph.graph()) != GGML_STATUS_SUCCESS) {
        fail(code::DECODE, "the draft head's graph could not be computed");
    }
}

std::vector<float> HeadCompute::read(const ggml_tensor * tensor) {
    std::vector<float> values(static_cast<size_t>(ggml_nelements(tensor)));
    ggml_backend_tensor_get(tensor, values.data(), 0, values.size() * sizeof(float));
    return values;
}

} // namespace specula
