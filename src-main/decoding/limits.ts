/**
 * Most leaves of any tree, of targets and drafts; contexts must be created with as many (`maxLeaves`). Methods ask for
 * at most 128 nodes; a draft's own tree, which can be wider, stops growing there.
 */
export const maxTreeLeaves = 128;
