#pragma once
#include "ggml-cpp.h"
#include "head_file.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace specula {

// A head's tensors on their device.
class HeadWeights {
  public:
    // Reads all tensors of `file`. Throws Failure(HEAD_LOAD).
    HeadWeights(const HeadFile & file, ggml_backend_buffer_type_t type);

    // Null for an optional tensor that the file does not have.
    ggml_tensor * find(const std::string & name) const;

    size_t bytes() const { return buffer_ ? ggml_backend_buffer_get_size(buffer_.get()) : 0; }

    // Draft token j is the target's token j + d2t[j] (eagle3).
    const std::vector<int32_t> & d2t() const { return d2t_; }

  private:
    ggml_context_ptr                               context_;
    ggml_backend_buffer_ptr                        buffer_;
    std::unordered_map<std::string, ggml_tensor *> tensors_;
    std::vector<int32_t>                           d2t_;
};

} // namespace specula
