#include "head_weights.hpp"

#include "errors.hpp"

#include <filesystem>
#include <fstream>

namespace specula {

namespace {

constexpr const char * D2T     = "d2t";
constexpr const char * QUERIES = "vision.query.weight"; // the only matrix that a product takes on its right side, as F32

class Bytes {
  public:
    explicit Bytes(const std::string & path) : path_(path), file_(std::filesystem::u8path(path), std::ios::binary) {}

    const std::vector<char> & read(const HeadTensor & tensor) {
        buffer_.resize(tensor.bytes);
        file_.seekg(static_cast<std::streamoff>(tensor.offset));
        file_.read(buffer_.data(), static_cast<std::streamsize>(tensor.bytes));
        if (!file_) {
            fail(code::HEAD_LOAD, "the head " + path_ + " could not be read");
        }
        return buffer_;
    }

  private:
    std::string       path_;
    std::ifstream     file_;
    std::vector<char> buffer_;
};

std::vector<float> as_floats(const std::vector<char> & bytes, ggml_type type) {
    std::vector<float> out(bytes.size() / ggml_type_size(type));
    if (type == GGML_TYPE_F16) {
        ggml_fp16_to_fp32_row(reinterpret_cast<const ggml_fp16_t *>(bytes.data()), out.data(), static_cast<int64_t>(out.size()));
    } else {
        std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char *>(out.data()));
    }
    return out;
}

} // namespace

HeadWeights::HeadWeights(const HeadFile & file, ggml_backend_buffer_type_t type)
    : context_(ggml_init({ ggml_tensor_overhead() * (file.tensors.size() + 1), nullptr, true })) {
    if (!context_) {
        throw std::bad_alloc();
    }
    for (const auto & [name, tensor] : file.tensors) {
        if (name == D2T) {
            continue;
        }
        const ggml_type kept = name == QUERIES ? GGML_TYPE_F32 : tensor.type;
        ggml_tensor *   made = tensor.rows == 0 ? ggml_new_tensor_1d(context_.get(), kept, tensor.columns)
                                                : ggml_new_tensor_2d(context_.get(), kept, tensor.columns, tensor.rows);
        ggml_set_name(made, name.c_str());
        tensors_[name] = made;
    }
    buffer_.reset(ggml_backend_alloc_ctx_tensors_from_buft(context_.get(), type));
    if (!buffer_) {
        fail(code::HEAD_LOAD, "there is not enough memory for the head " + file.path);
    }
    ggml_backend_buffer_set_usage(buffer_.get(), GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
    Bytes bytes(file.path);
    for (const auto & [name, tensor] : file.tensors) {
        const std::vector<char> & data = bytes.read(tensor);
        if (name == D2T) {
            const auto * values = reinterpret_cast<const int32_t *>(data.data());
            d2t_.assign(values, values + tensor.columns);
            for (size_t j = 0; j < d2t_.size(); j++) {
                const int64_t token = static_cast<int64_t>(j) + d2t_[j];
                if (token < 0 || token >= file.config.vocab) {
                    fail(code::HEAD_LOAD, "cannot load the head " + file.path + ": d2t sends draft token " + std::to_string(j) + " to " +
                                              std::to_string(token) + ", which is not in the vocabulary of " + std::to_string(file.config.vocab));
                }
            }
        } else if (name == QUERIES) {
            const std::vector<float> values = as_floats(data, tensor.type);
            ggml_backend_tensor_set(tensors_.at(name), values.data(), 0, values.size() * sizeof(float));
        } else {
            ggml_backend_tensor_set(tensors_.at(name), data.data(), 0, data.size());
        }
    }
}

ggml_tensor * HeadWeights::find(const std::string & name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : found->second;
}

} // namespace specula
