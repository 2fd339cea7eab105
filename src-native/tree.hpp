#pragma once
#include "session.hpp"

#include <cstdint>
#include <vector>

namespace specula {

// Nodes to add to a tree. Parents come before children; -1 is the root's parent.
struct TreeRequest {
    std::vector<llama_token> tokens;
    std::vector<int32_t>     parents;
    RowWants                 wants;
};

// Drops a tree that was not accepted, starts a new one at the committed prefix and decodes it in one
// llama_decode. After a failed check the session is as before; after a failed decode the tree is dropped.
RowsResult decode_tree(Session & session, const TreeRequest & request);

// Adds nodes to the current tree in one llama_decode; parents index the whole tree. Failures as above.
RowsResult grow_tree(Session & session, const TreeRequest & request);

// Keeps the nodes of `path` (a chain from the root, or nothing) as committed prefix and frees the rest.
void accept(Session & session, const std::vector<int32_t> & path);

// Forgets committed positions from `n_past` on; a tree is dropped first. Never inside an image.
void rollback(Session & session, llama_pos n_past);

} // namespace specula
