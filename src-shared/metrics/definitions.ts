/** What a number means and where the definition comes from; shown beside it in the window and by the command line. */
export interface Definition {
  readonly name: string;
  readonly text: string;
  readonly source: string;
}

const mmspec = 'MMSpec, summarize_metrics.py';

export const metricDefinitions = {
  mat: {
    name: 'MAT, mean accepted tokens',
    text: "New tokens / target passes. The target's own token of every pass is counted, so plain decoding has exactly 1.",
    source: mmspec,
  },
  acceptance: {
    name: 'Acceptance rate',
    text: "Accepted / drafted tokens, over all nodes that the target verified. The target's own tokens are in neither number; a wide tree lowers it without harm.",
    source: "SGLang's and vLLM's counters, per verified node",
  },
  draftAccept: {
    name: 'Draft acceptance mean',
    text: "Mean over all rounds of the accepted draft tokens, the target's own token not counted: MAT - 1.",
    source: `${mmspec}, draft_accept_mean`,
  },
  depth: {
    name: 'Acceptance by depth',
    text: 'Of the rounds that drafted, those that accepted a token at the depth (unconditional); of the rounds in which the target judged a token there, those that accepted one (conditional).',
    source: "vLLM's acceptance per position; EAGLE's n-alpha",
  },
  zeroAccept: {
    name: 'Zero-accept ratio',
    text: 'Rounds that drafted and accepted nothing / rounds that drafted.',
    source: 'MMSpec, per_query_round_stats.py, which divides by all rounds',
  },
  speedupPaired: {
    name: 'Speedup, paired',
    text: "Mean over turns of the ratio of new tokens per second of wall time, the method's to plain decoding's of the same sample and turn. Repeats of a turn are added up first.",
    source: mmspec,
  },
  speedupGlobal: {
    name: 'Speedup, global',
    text: 'All new tokens / all wall time, divided by the same of plain decoding.',
    source: mmspec,
  },
  speedupLatency: {
    name: 'Speedup, latency',
    text: "Mean over turns of plain decoding's wall time / the method's, whatever the length of the answers.",
    source: 'Specula, src-shared/metrics/speedup.ts',
  },
  speedupDecode: {
    name: 'Speedup of decoding alone',
    text: 'As global, over the time of the rounds: image encoding and prompt evaluation left out.',
    source: 'Specula, src-shared/metrics/summary.ts',
  },
  wall: {
    name: 'Wall time',
    text: 'Image encoding, prompt evaluation (by target and drafter) and all rounds of a turn. Tokenising and resizing the image are outside the clock.',
    source: 'MMSpec, wall_time',
  },
  ttft: {
    name: 'TTFT, time to first token',
    text: 'Wall time until the first token of a turn is there: image encoding, prompt evaluation and the first round. Mean over turns.',
    source: 'vLLM, MLPerf',
  },
  timePerToken: {
    name: 'Time per token',
    text: '(Wall time - TTFT) / (new tokens - 1). Mean over turns of more than one token.',
    source: 'vLLM, MLPerf (TPOT)',
  },
  split: {
    name: 'Time split',
    text: "Wall time by what it was spent on: drafting (and the drafter's prompt), the target's passes (image, prompt, verification), reading attention, the rest.",
    source: "MMSpec's draft and target time; its rest is divided here",
  },
  gate: {
    name: 'Gate',
    text: 'Hits: rounds with r at or above the threshold. Precision and recall: hits against rounds that accepted nothing, known where nothing was skipped (probe).',
    source: 'Specula, src-shared/metrics/gate-quality.ts',
  },
  words: {
    name: 'Acceptance by kind of word',
    text: 'Of the tokens of words that the reference answer has too and for which a draft was judged, those whose draft was accepted: image-dependent words (marked in the reference) and other words.',
    source: 'Specula, src-shared/metrics/acceptance.ts',
  },
  identical: {
    name: 'Identical to plain decoding',
    text: 'Turns whose answer is, token by token, that of plain decoding of the same sample, turn and repeat. The margin is the first minus the second logit of the target at the first difference: near 0 it was a tie.',
    source: 'Specula, src-shared/metrics/identity.ts',
  },
  interval: {
    name: 'Intervals',
    text: 'Percentile bootstrap, seeded; samples are drawn with replacement, each with all of its turns, and a method together with its plain decoding.',
    source: 'Efron and Tibshirani 1993, chapter 13; clusters: Davison and Hinkley 1997, section 3.8',
  },
} as const satisfies Record<string, Definition>;
