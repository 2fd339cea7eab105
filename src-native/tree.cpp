// Draft trees in one llama_decode, by several sequence ids over one unified cache.
//
// Between trees, sequences 0..active-1 all hold exactly the committed prefix (llama.cpp wants sequences
// that share a token to hold the same positions). Each leaf of a tree owns one sequence; a node carries
// the sequences of all leaves below it, the root carries all active ones. A query sees the cells of its
// first sequence up to its own position: the prefix, its ancestors and itself.
#include "tree.hpp"

#include "errors.hpp"

#include <algorithm>

namespace specula {

namespace {

// New nodes of one call: indices into the whole tree start at `first`.
struct Growth {
    int32_t                                first;
    std::vector<TreeNode>                  nodes;
    std::vector<int32_t>                   leaves; // indices into `nodes`
    std::vector<std::vector<llama_seq_id>> seqs;   // per node
};

int32_t count_leaves(const Session & session) {
    return static_cast<int32_t>(std::count_if(session.tree.begin(), session.tree.end(),
                                              [](const TreeNode & node) { return node.leaf >= 0; }));
}

void check_request(const Session & session, const TreeRequest & request, size_t first) {
    require_context(session);
    check_trees(session);
    if (session.committed.empty()) {
        bad_request("the cache is empty; call prefill first");
    }
    const size_t n = request.tokens.size();
    if (n == 0 || request.parents.size() != n) {
        bad_request("a tree needs as many parents as tokens, and at least one; got " + std::to_string(n) + " tokens and " +
                    std::to_string(request.parents.size()) + " parents");
    }
    const size_t batch = llama_n_batch(session.context.get());
    if (n > batch) {
        bad_request("a tree of " + std::to_string(n) + " new nodes does not fit batchSize " + std::to_string(batch));
    }
    check_tokens(session.vocab(), request.tokens);
    for (size_t i = 0; i < n; i++) {
        const int64_t self   = static_cast<int64_t>(first + i);
        const int64_t parent = request.parents[i];
        if (self == 0 ? parent != -1 : parent < 0 || parent >= self) {
            bad_request("node " + std::to_string(self) + " has parent " + std::to_string(parent) +
                        "; node 0 is the only root (parent -1) and parents come before their children");
        }
    }
    check_wants(session, request.wants, n, session.patches);
}

// The nodes and leaves a request adds to `tree`, without sequences yet.
Growth outline(const std::vector<TreeNode> & tree, const TreeRequest & request) {
    const int32_t first = static_cast<int32_t>(tree.size());
    const int32_t n     = static_cast<int32_t>(request.tokens.size());
    Growth        growth{ first, {}, {}, std::vector<std::vector<llama_seq_id>>(n) };
    std::vector<bool> inner(n, false);
    for (int32_t i = 0; i < n; i++) {
        const int32_t parent = request.parents[i];
        const int32_t depth  = parent < 0 ? 0 : (parent < first ? tree[parent] : growth.nodes[parent - first]).depth + 1;
        growth.nodes.push_back({ request.tokens[i], parent, depth, -1, -1 });
        if (parent >= first) {
            inner[parent - first] = true;
        }
    }
    for (int32_t i = 0; i < n; i++) {
        if (!inner[i]) {
            growth.leaves.push_back(i);
        }
    }
    return growth;
}

// The old node below which new node `i` hangs, -1 in a new tree.
int32_t old_ancestor(const Growth & growth, int32_t i) {
    int32_t node = growth.nodes[i].parent;
    while (node >= growth.first) {
        node = growth.nodes[node - growth.first].parent;
    }
    return node;
}

// How many leaves the whole tree has after `growth`: an old leaf that is continued is one no more.
int32_t leaves_after(const Session & session, const Growth & growth) {
    std::vector<int32_t> continued;
    for (int32_t leaf : growth.leaves) {
        const int32_t ancestor = old_ancestor(growth, leaf);
        if (ancestor >= 0 && session.tree[ancestor].leaf >= 0) {
            continued.push_back(ancestor);
        }
    }
    std::sort(continued.begin(), continued.end());
    const auto unique = std::unique(continued.begin(), continued.end()) - continued.begin();
    return count_leaves(session) - static_cast<int32_t>(unique) + static_cast<int32_t>(growth.leaves.size());
}

void check_leaves(const Session & session, int32_t leaves) {
    if (leaves > session.options.max_leaves) {
        bad_request("the tree would have " + std::to_string(leaves) + " leaves; this context allows " +
                    std::to_string(session.options.max_leaves) + " (maxLeaves, at most " +
                    std::to_string(llama_max_parallel_sequences()) + ")");
    }
}

// Gives a new leaf its sequence. The sequence of an old leaf above it is taken over if still free;
// otherwise an unused one is made to hold the ancestor's path.
llama_seq_id claim_sequence(Session & session, std::vector<bool> & used, int32_t ancestor) {
    if (ancestor >= 0 && session.tree[ancestor].leaf >= 0) {
        const llama_seq_id seq        = session.tree[ancestor].leaf;
        session.tree[ancestor].leaf = -1;
        return seq;
    }
    const llama_seq_id seq = static_cast<llama_seq_id>(std::find(used.begin(), used.end(), false) - used.begin());
    used[seq]              = true;
    llama_memory_t memory  = session.memory();
    const llama_pos end    = ancestor < 0 ? session.n_past : session.n_past + session.tree[ancestor].depth + 1;
    const llama_seq_id source = ancestor < 0 ? 0 : session.tree[ancestor].seq;
    if (seq >= session.active) { // never used since the prefill: it holds nothing
        llama_memory_seq_cp(memory, source, seq, 0, end);
        session.active = seq + 1;
    } else if (ancestor >= 0) { // it holds the prefix and the root
        llama_memory_seq_cp(memory, source, seq, session.n_past + 1, end);
    }
    return seq;
}

void assign_sequences(Session & session, Growth & growth) {
    std::vector<bool> used(session.options.max_leaves, false);
    for (const TreeNode & node : session.tree) {
        if (node.leaf >= 0) {
            used[node.leaf] = true;
        }
    }
    for (int32_t leaf : growth.leaves) {
        const llama_seq_id seq   = claim_sequence(session, used, old_ancestor(growth, leaf));
        growth.nodes[leaf].leaf = seq;
        for (int32_t node = leaf + growth.first; node >= growth.first; node = growth.nodes[node - growth.first].parent) {
            growth.seqs[node - growth.first].push_back(seq);
        }
    }
    if (growth.first == 0) {
        growth.seqs[0].resize(static_cast<size_t>(session.active));
        for (llama_seq_id seq = 0; seq < session.active; seq++) {
            growth.seqs[0][seq] = seq;
        }
    }
    for (size_t i = 0; i < growth.nodes.size(); i++) {
        growth.nodes[i].seq = growth.seqs[i].front();
    }
}

DecodeTimes decode_growth(Session & session, Growth & growth, const AttentionWants & wants) {
    const size_t                n = growth.nodes.size();
    std::vector<llama_token>    tokens(n);
    std::vector<llama_pos>      pos(n);
    std::vector<int32_t>        seq_counts(n);
    std::vector<llama_seq_id *> seqs(n);
    std::vector<int8_t>         logits(n, 1);
    for (size_t i = 0; i < n; i++) {
        tokens[i]     = growth.nodes[i].token;
        pos[i]        = session.n_past + growth.nodes[i].depth;
        seq_counts[i] = static_cast<int32_t>(growth.seqs[i].size());
        seqs[i]       = growth.seqs[i].data();
    }
    const llama_batch batch = { static_cast<int32_t>(n), tokens.data(), nullptr, pos.data(), seq_counts.data(), seqs.data(), logits.data() };
    return decode(session, batch, std::vector<CellTag>(n, CellTag{ Kind::Generated, -1 }), 0, wants);
}

void drop_tree(Session & session) {
    session.features.drop_tree();
    for (llama_seq_id seq = 0; seq < session.active; seq++) {
        llama_memory_seq_rm(session.memory(), seq, session.n_past, -1);
    }
    session.tree.clear();
}

// Own scores of new nodes below rows that the next decode will overwrite.
std::vector<TokenScore> score_below_readable(const Session & session, const Growth & growth) {
    std::vector<TokenScore> scores(growth.nodes.size(), { 0, -1 });
    const ReadableRows &    rows = session.readable;
    for (size_t i = 0; i < growth.nodes.size(); i++) {
        const int32_t row = growth.nodes[i].parent - rows.first;
        if (growth.nodes[i].parent < 0 || growth.nodes[i].parent >= growth.first || row < 0 || row >= rows.count) {
            continue;
        }
        const float * logits = llama_get_logits_ith(session.context.get(), rows.index + row);
        scores[i]            = score_token(logits, session.info.vocab, rows.stats[row], growth.nodes[i].token);
    }
    return scores;
}

void fill_own_scores(Session & session, const Growth & growth, const std::vector<TokenScore> & earlier, Rows & rows) {
    const int32_t              vocab = session.info.vocab;
    const int32_t              n     = static_cast<int32_t>(growth.nodes.size());
    std::vector<const float *> logits(growth.nodes.size());
    for (int32_t i = 0; i < n; i++) {
        logits[i] = llama_get_logits_ith(session.context.get(), i);
    }
    for_each_row(n, vocab, session.options.threads, [&](int32_t i) {
        TokenScore    score = earlier[i];
        const int32_t row   = growth.nodes[i].parent - growth.first;
        if (row >= 0) {
            score = score_token(logits[row], vocab, rows.stats[row], growth.nodes[i].token);
        }
        if (score.rank >= 0) {
            rows.own_prob[i] = score.prob;
            rows.own_rank[i] = score.rank;
        }
    });
}

RowsResult add_nodes(Session & session, const TreeRequest & request, Growth & growth) {
    const std::vector<TokenScore> earlier = score_below_readable(session, growth);
    try {
        assign_sequences(session, growth);
        const DecodeTimes times = decode_growth(session, growth, request.wants.attention);
        session.tree.insert(session.tree.end(), growth.nodes.begin(), growth.nodes.end());
        session.features.extend_tree();
        const int32_t n     = static_cast<int32_t>(growth.nodes.size());
        RowsResult    out   = collect_rows(session, 0, n, request.wants, times);
        session.tree_ms     = times.decode;
        session.readable    = { growth.first, n, 0, out.rows.stats };
        Stopwatch watch;
        fill_own_scores(session, growth, earlier, out.rows);
        out.ms.reduce += watch.ms();
        return out;
    } catch (...) {
        drop_tree(session);
        session.features.drop_in_flight();
        session.readable = {};
        throw;
    }
}

} // namespace

RowsResult decode_tree(Session & session, const TreeRequest & request) {
    check_request(session, request, 0);
    Growth growth = outline({}, request);
    check_leaves(session, static_cast<int32_t>(growth.leaves.size()));
    check_cancelled(session);
    std::vector<TreeNode> old;
    old.swap(session.tree); // its cells are free for the new one
    try {
        check_room(session, growth.nodes.size());
    } catch (...) {
        old.swap(session.tree);
        throw;
    }
    session.readable = {};
    if (!old.empty()) {
        drop_tree(session);
    }
    return add_nodes(session, request, growth);
}

RowsResult grow_tree(Session & session, const TreeRequest & request) {
    if (session.tree.empty()) {
        bad_request("there is no tree to grow; call decodeTree first");
    }
    check_request(session, request, session.tree.size());
    Growth growth = outline(session.tree, request);
    check_leaves(session, leaves_after(session, growth));
    check_room(session, growth.nodes.size());
    check_cancelled(session);
    return add_nodes(session, request, growth);
}

void accept(Session & session, const std::vector<int32_t> & path) {
    require_context(session);
    check_trees(session);
    const int32_t size = static_cast<int32_t>(session.tree.size());
    for (size_t i = 0; i < path.size(); i++) {
        const int32_t before = i == 0 ? -1 : path[i - 1];
        if (path[i] < 0 || path[i] >= size) {
            bad_request("node " + std::to_string(path[i]) + " of the path is not in the tree (" + std::to_string(size) + " nodes)");
        }
        if (session.tree[path[i]].parent != before) {
            bad_request("the path is not a chain from the root: node " + std::to_string(path[i]) + " is no child of node " +
                        std::to_string(before));
        }
    }
    if (path.empty()) {
        drop_tree(session);
        return;
    }
    llama_memory_t     memory = session.memory();
    const llama_pos    start  = session.n_past;
    const llama_pos    end    = start + static_cast<llama_pos>(path.size());
    const llama_seq_id keep   = session.tree[path.back()].seq;
    // Every active sequence holds the root, so it stays where it is.
    for (llama_seq_id seq = 0; seq < session.active; seq++) {
        llama_memory_seq_rm(memory, seq, seq == keep ? end : start + 1, -1);
    }
    for (llama_seq_id seq = 0; seq < session.active && end > start + 1; seq++) {
        if (seq != keep) {
            llama_memory_seq_cp(memory, keep, seq, start + 1, end);
        }
    }
    for (llama_pos pos = start; pos < end; pos++) {
        session.committed.push_back({ pos, false });
    }
    if (session.features.on()) {
        std::vector<llama_token> tokens;
        for (int32_t node : path) {
            tokens.push_back(session.tree[node].token);
        }
        session.features.accept(path, tokens);
    }
    session.n_past = end;
    session.tree.clear();
}

void rollback(Session & session, llama_pos n_past) {
    require_context(session);
    check_trees(session);
    if (n_past < 0 || n_past > session.n_past) {
        bad_request("cannot roll back to position " + std::to_string(n_past) + "; the prefix ends at " + std::to_string(session.n_past));
    }
    for (const ImageSpan & image : session.images) {
        if (n_past > image.pos && n_past < image.pos + image.positions) {
            bad_request("position " + std::to_string(n_past) + " lies inside an image (" + std::to_string(image.pos) + ".." +
                        std::to_string(image.pos + image.positions - 1) + "); roll back to before or after it");
        }
    }
    drop_tree(session);
    for (llama_seq_id seq = 0; seq < session.active; seq++) {
        llama_memory_seq_rm(session.memory(), seq, n_past, -1);
    }
    while (!session.committed.empty() && session.committed.back().pos >= n_past) {
        session.patches -= session.committed.back().image ? 1 : 0;
        session.committed.pop_back();
    }
    while (!session.images.empty() && session.images.back().pos >= n_past) {
        session.images.pop_back();
    }
    if (n_past != session.n_past) {
        session.features.clear(); // heads may have read what is gone; they start again with a prompt
    }
    session.n_past   = n_past;
    session.readable = {};
}

} // namespace specula
