#pragma once
#include "prompt.hpp"

#include <vector>

namespace specula {

// An image part after mtmd's preprocessing: marker tokens and image chunks, in order.
struct ImageChunks {
    mtmd::input_chunks_ptr list;
    size_t                 size() const { return mtmd_input_chunks_size(list.get()); }
    const mtmd_input_chunk * at(size_t i) const { return mtmd_input_chunks_get(list.get(), i); }
};

// Throws BAD_REQUEST for a size or byte count that cannot be an image.
void check_image(const Part & part);

// Cuts an image part into chunks. Throws when the projector cannot take the image.
ImageChunks cut_image(Session & session, const Part & part);

// Describes chunk `source` (text or image) of part `part`, without a position yet.
Chunk describe_chunk(const mtmd_input_chunk * source, int32_t part, bool mrope);

// Encodes one image chunk and decodes it into sequence 0 at chunk.pos. Adds the encoder's time to encode_ms.
// `first_patch` is the index of its first token over all images of the prompt. With `wants`, the
// attention of the last image token is read (an image can end a prompt).
Evaluated decode_image(Session & session, const mtmd_input_chunk * source, const Chunk & chunk, int32_t first_patch,
                       const AttentionWants * wants, double & encode_ms);

} // namespace specula
