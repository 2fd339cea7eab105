/** Checks of what the addon hands over once: its exports, the system and each model's facts. */
import { z } from 'zod';
import { headKindSchema } from '../../../src-shared/domain/head.ts';
import type {
  NativeAddon,
  NativeDevice,
  NativeHeadInfo,
  NativeModelInfo,
  NativeSystemInfo,
} from './surface.ts';

const count = z.number().int().nonnegative();

const devicesSchema: z.ZodType<readonly NativeDevice[]> = z
  .array(
    z.object({
      name: z.string(),
      description: z.string(),
      type: z.enum(['cpu', 'gpu', 'igpu', 'accel']),
      memoryFree: count,
      memoryTotal: count,
    }),
  )
  .min(1);

export const systemInfoSchema: z.ZodType<NativeSystemInfo> = z.object({
  llamaVersion: z.string(),
  builtFor: z.string(),
  devices: devicesSchema,
  maxSequences: z.number().int().positive(),
  cpuFeatures: z.string(),
});

const modelInfoSchema: z.ZodType<NativeModelInfo> = z.object({
  arch: z.string(),
  name: z.string(),
  layers: z.number().int().positive(),
  embedding: z.number().int().positive(),
  heads: count,
  vocab: z.number().int().positive(),
  trainedContext: count,
  ropeType: z.string(),
  chatTemplate: z.string().nullable(),
  bos: z.number().int(),
  eos: z.number().int(),
  endTokens: z.instanceof(Int32Array),
  addBos: z.boolean(),
  recurrent: z.boolean(),
  hybrid: z.boolean(),
  slidingWindow: count,
  sizeBytes: count,
  parameters: count,
  gpuLayers: count,
  treesRefused: z.string().nullable(),
});

/** What loadHead says of a head. */
export const headInfoSchema: z.ZodType<NativeHeadInfo> = z.object({
  kind: headKindSchema,
  layout: z.number().int().positive(),
  width: z.number().int().positive(),
  vocab: z.number().int().positive(),
  draftVocab: z.number().int().positive(),
  featureLayers: z.instanceof(Int32Array),
  startRows: z.number().int().positive(),
  treeNodes: count,
  sizeBytes: count,
  device: z.string(),
  targetName: z.string(),
  source: z.string(),
});

/** The module that process.dlopen filled. */
export const exportsSchema = z.custom<NativeAddon>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    ['init', 'devices', 'loadModel'].every((name) => typeof Reflect.get(value, name) === 'function'),
  'the addon does not export init, devices and loadModel',
);

/** The same addon, whose models have had their facts checked. */
export function checkedAddon(addon: NativeAddon): NativeAddon {
  return {
    init: (options) => addon.init(options),
    devices: () => devicesSchema.parse(addon.devices()),
    loadModel: async (options) => {
      const model = await addon.loadModel(options);
      modelInfoSchema.parse(model.info);
      return model;
    },
  };
}
