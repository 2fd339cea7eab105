/**
 * What each view keeps in its address. An unreadable value is dropped, never an error: old links keep opening.
 * Left out means the view's default, so that addresses stay short.
 */
import { z } from 'zod';
import { runStatusSchema } from '#shared/domain/run.ts';

const text = z.string().max(500).optional().catch(undefined);
const index = z.number().int().min(0).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

export const sampleViews = ['grid', 'table'] as const;
export type SampleView = (typeof sampleViews)[number];

export const samplesSearchSchema = z.object({
  /** id of the data set; default: the first one */
  dataSet: text,
  view: z.enum(sampleViews).optional().catch(undefined),
  topic: text,
  /** words searched in id, question and category */
  q: text,
  /** column the table is sorted by; default: file order */
  sort: text,
  desc: flag,
  /** id of the sample under the cursor */
  sample: text,
});
export type SamplesSearch = z.output<typeof samplesSearchSchema>;

/** Quantities that the tokens of an answer can be coloured by; default: their origin. */
export const tokenColours = ['score', 'p-target', 'entropy', 'draft-rank', 'depth', 'shares'] as const;
export type TokenColour = (typeof tokenColours)[number];
/** What the answer can be narrowed to; default: all tokens. */
export const tokenFilters = ['refused', 'skipped', 'differs'] as const;
export type TokenFilter = (typeof tokenFilters)[number];

/** What the image pane shows besides one map: all heads of a layer, all layers, the score of all tokens. */
export const looks = ['heads', 'layers', 'score'] as const;
export type Look = (typeof looks)[number];

export const inspectSearchSchema = z.object({
  dataSet: text,
  sample: text,
  run: text,
  /** round, counted over the whole run */
  round: index,
  /** place of the selected token over all turns of the run */
  token: index,
  /** layer whose attention is shown; default: the last one recorded */
  layer: index,
  /** head of that layer; default: the mean of its heads */
  head: index,
  /** what the image pane shows; default: the map of the selected token */
  look: z.enum(looks).optional().catch(undefined),
  /** place of the token that the selected one is compared with */
  against: index,
  /** node of the round's draft tree */
  node: index,
  colour: z.enum(tokenColours).optional().catch(undefined),
  only: z.enum(tokenFilters).optional().catch(undefined),
  /** the what-if pane is open */
  whatIf: flag,
  /** text searched in the answer; empty: the search is open */
  find: text,
  /** rounds that the timeline shows, e.g. "12.5-40"; default: all */
  zoom: z
    .string()
    .regex(/^\d+(\.\d+)?-\d+(\.\d+)?$/)
    .optional()
    .catch(undefined),
  /** threshold of the what-if; default: the run's own */
  whatIfAt: z.number().min(0).max(1).optional().catch(undefined),
  /** runs that the what-if counts; default: the open one */
  whatIfOver: z.enum(['data-set']).optional().catch(undefined),
  /** the pane with another method's draft is open */
  otherDraft: flag,
  /** the debugger is open; default: as it was last */
  debugger: flag,
  /** nodes of the tree that were cut are shown */
  cut: flag,
  /** false: nodes below a refused one are left out */
  unreached: flag,
  /** sizes of panes, see layout-param.ts */
  layout: z.string().max(2000).optional().catch(undefined),
});
export type InspectSearch = z.output<typeof inspectSearchSchema>;

export const runsSearchSchema = z.object({
  q: text,
  status: runStatusSchema.optional().catch(undefined),
  /** column; default: newest first */
  sort: text,
  desc: flag,
  /** id of the run under the cursor */
  run: text,
});
export type RunsSearch = z.output<typeof runsSearchSchema>;
