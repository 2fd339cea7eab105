#pragma once
#include "llama.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace specula {

// Whether a context keeps what draft heads read of the target.
struct FeatureOptions {
    bool                 on = false;
    std::vector<int32_t> layers; // empty: the hidden state after the final norm; else after these layers (-1: the embeddings)
};

// What a draft head reads of the target, in the order of the target's sequence: every committed position's token,
// its feature row and, for image positions, the projected image embedding. Rows stay on the native side.
//
// A decode puts its rows in flight; whoever called it then moves them to the committed positions (prompt) or to the
// open tree, whose accepted path becomes committed.
class Features {
  public:
    // `width`: of the target's hidden states; `last_layer`: its number.
    void configure(const FeatureOptions & options, int32_t width, int32_t last_layer);

    bool   on() const { return options_.on; }
    // Rows come from the graph's layer outputs rather than from llama.cpp's embeddings.
    bool   taps() const { return options_.on && !options_.layers.empty(); }
    // llama.cpp must compute every row of a batch to its end: the final norm, or the last layer, needs them all.
    bool   all_rows() const { return all_rows_; }
    size_t width() const { return width_; }
    size_t row_width() const { return row_width_; }
    const std::vector<int32_t> & layers() const { return options_.layers; }

    // Forgets everything; a new prompt starts.
    void clear();

    // Changes with every clear: a head notices that what it has read is gone.
    uint64_t generation() const { return generation_; }

    // Room for `count` more rows in flight; the caller fills them.
    float * put_in_flight(size_t count);
    void    drop_in_flight() { in_flight_.clear(); }

    // Moves the rows in flight to the end of the committed positions.
    void commit_text(const std::vector<llama_token> & tokens);
    void commit_image(size_t count);
    // Embeddings of the next image positions, `stride` floats apart (wider than `width` with deepstack).
    void add_image(const float * embeddings, size_t stride, size_t count);

    // Moves the rows in flight to the open tree, whose nodes they belong to in order.
    void extend_tree();
    void drop_tree() { tree_.clear(); }
    // Appends the tree's nodes of `path` to the committed positions and drops the tree.
    void accept(const std::vector<int32_t> & path, const std::vector<llama_token> & tokens);

    size_t      size() const { return tokens_.size(); }
    llama_token token(size_t position) const { return tokens_[position]; } // -1: image
    // Position must be at or after what was released.
    const float * row(size_t position) const { return rows_.data() + (position - released_) * row_width_; }
    // The embedding of an image position.
    const float * image(size_t position) const { return images_.data() + static_cast<size_t>(image_index_[position]) * width_; }
    size_t released() const { return released_; }
    // Frees the rows before `position`, which no head will read again.
    void release(size_t position);

  private:
    void move_in_flight(size_t count);

    FeatureOptions           options_;
    bool                     all_rows_   = false;
    size_t                   width_      = 0;
    size_t                   row_width_  = 0;
    uint64_t                 generation_ = 0;
    size_t                   released_   = 0;
    std::vector<llama_token> tokens_;
    std::vector<int32_t>     image_index_; // per position; -1 for text
    std::vector<float>       rows_;        // of positions released_..
    std::vector<float>       images_;
    std::vector<float>       tree_;
    std::vector<float>       in_flight_;
};

} // namespace specula
