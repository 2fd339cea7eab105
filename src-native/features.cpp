#include "features.hpp"

#include "errors.hpp"

#include <algorithm>

namespace specula {

void Features::configure(const FeatureOptions & options, int32_t width, int32_t last_layer) {
    for (int32_t layer : options.layers) {
        if (layer < -1 || layer > last_layer) {
            bad_request("feature layer " + std::to_string(layer) + " does not exist; the model has layers 0.." +
                        std::to_string(last_layer) + " (-1: the embeddings)");
        }
    }
    const auto & layers = options.layers;
    options_   = options;
    width_     = static_cast<size_t>(width);
    row_width_ = width_ * std::max<size_t>(1, layers.size());
    all_rows_  = options.on && (layers.empty() || std::find(layers.begin(), layers.end(), last_layer) != layers.end());
    clear();
}

void Features::clear() {
    generation_++;
    released_ = 0;
    tokens_.clear();
    image_index_.clear();
    rows_.clear();
    images_.clear();
    tree_.clear();
    in_flight_.clear();
}

float * Features::put_in_flight(size_t count) {
    const size_t before = in_flight_.size();
    in_flight_.resize(before + count * row_width_);
    return in_flight_.data() + before;
}

void Features::move_in_flight(size_t count) {
    if (in_flight_.size() != count * row_width_) {
        fail(code::DECODE, "the model gave " + std::to_string(in_flight_.size() / row_width_) + " hidden states for " +
                               std::to_string(count) + " tokens");
    }
    rows_.insert(rows_.end(), in_flight_.begin(), in_flight_.end());
    in_flight_.clear();
}

void Features::commit_text(const std::vector<llama_token> & tokens) {
    move_in_flight(tokens.size());
    tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
    image_index_.resize(tokens_.size(), -1);
}

void Features::commit_image(size_t count) {
    move_in_flight(count);
    const int32_t first = static_cast<int32_t>(images_.size() / width_ - count);
    for (size_t i = 0; i < count; i++) {
        tokens_.push_back(-1);
        image_index_.push_back(first + static_cast<int32_t>(i));
    }
}

void Features::add_image(const float * embeddings, size_t stride, size_t count) {
    for (size_t i = 0; i < count; i++) {
        images_.insert(images_.end(), embeddings + i * stride, embeddings + i * stride + width_);
    }
}

void Features::extend_tree() {
    tree_.insert(tree_.end(), in_flight_.begin(), in_flight_.end());
    in_flight_.clear();
}

void Features::accept(const std::vector<int32_t> & path, const std::vector<llama_token> & tokens) {
    for (size_t i = 0; i < path.size(); i++) {
        const float * row = tree_.data() + static_cast<size_t>(path[i]) * row_width_;
        rows_.insert(rows_.end(), row, row + row_width_);
        tokens_.push_back(tokens[i]);
        image_index_.push_back(-1);
    }
    tree_.clear();
}

void Features::release(size_t position) {
    if (position > released_) {
        rows_.erase(rows_.begin(), rows_.begin() + (position - released_) * row_width_);
        released_ = position;
    }
}

} // namespace specula
